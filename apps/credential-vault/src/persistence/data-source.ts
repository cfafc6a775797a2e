import type { ServiceDatabase } from '@musicgen/service-kit';
import { Credential } from '../credentials/credential.entity';
import { Grant } from '../grants/grant.entity';
import { RefreshBreaker } from '../grants/refresh-breaker.entity';
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

export const database: ServiceDatabase = {
  service: 'vault',
  entities: [Credential, Grant, RefreshBreaker, OAuthFlow, PlatformLink, Revocation, Pace, Revalidation],
  migrations: [
    CreateCredentials1763640000000,
    CreateOutbox1763640000001,
    CreateGrants1763640000002,
    CreateOAuth1763640000003,
    CreateRevalidations1763640000004,
  ],
};
