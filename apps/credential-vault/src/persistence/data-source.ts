import type { ServiceDatabase } from '@musicgen/service-kit';
import { AuditCheckpoint } from '../audit/audit-checkpoint.entity';
import { AuditRow } from '../audit/audit-row.entity';
import { Credential } from '../credentials/credential.entity';
import { Grant } from '../grants/grant.entity';
import { RefreshBreaker } from '../grants/refresh-breaker.entity';
import { KeyRotation } from '../keys/key-rotation.entity';
import { VaultKey } from '../keys/vault-key.entity';
import { OAuthFlow } from '../oauth/oauth-flow.entity';
import { Revocation } from '../oauth/revocation.entity';
import { PlatformLink } from '../platforms/platform-link.entity';
import { Pace } from '../validation/pace.entity';
import { Revalidation } from '../validation/revalidation.entity';
import { CreateCredentials1763640000000 } from './migrations/1763640000000-create-credentials';
import { CreateOutbox1763640000001 } from './migrations/1763640000001-create-outbox';
import { CreateGrants1763640000002 } from './migrations/1763640000002-create-grants';
import { CreateOAuth1763640000003 } from './migrations/1763640000003-create-oauth';
import { CreateRevalidations1763640000004 } from './migrations/1763640000004-create-revalidations';
import { CreateKeysAudit1763640000005 } from './migrations/1763640000005-create-keys-audit';
import { CreateEvents1763640000006 } from './migrations/1763640000006-create-events';
import { AddSecretsVersion1763640000007 } from './migrations/1763640000007-add-secrets-version';
import { IndexDueGrants1763640000008 } from './migrations/1763640000008-index-due-grants';
import { AddRefusedSince1763640000009 } from './migrations/1763640000009-add-refused-since';

export const database: ServiceDatabase = {
  service: 'vault',
  entities: [
    Credential,
    Grant,
    RefreshBreaker,
    OAuthFlow,
    PlatformLink,
    Revocation,
    Pace,
    Revalidation,
    VaultKey,
    KeyRotation,
    AuditRow,
    AuditCheckpoint,
  ],
  migrations: [
    CreateCredentials1763640000000,
    CreateOutbox1763640000001,
    CreateGrants1763640000002,
    CreateOAuth1763640000003,
    CreateRevalidations1763640000004,
    CreateKeysAudit1763640000005,
    CreateEvents1763640000006,
    AddSecretsVersion1763640000007,
    IndexDueGrants1763640000008,
    AddRefusedSince1763640000009,
  ],
};
