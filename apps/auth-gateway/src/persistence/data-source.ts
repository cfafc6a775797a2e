import type { ServiceDatabase } from '@musicgen/service-kit';
import { ApiKey } from '../api-keys/api-key.entity';
import { SecurityEvent } from '../audit/security-event.entity';
import { IdempotentRequest } from '../idempotency/idempotent-request.entity';
import { Mail } from '../mail/mail.entity';
import { Session } from '../sessions/session.entity';
import { SigningKeyRow } from '../tokens/signing-key.entity';
import { RequestDay } from '../usage/request-day.entity';
import { LockoutRow } from '../users/lockout.entity';
import { OneTimeTokenRow } from '../users/one-time-token.entity';
import { User } from '../users/user.entity';
import { WebhookDelivery } from '../webhooks/webhook-delivery.entity';
import { Webhook } from '../webhooks/webhook.entity';
import { CreateUsers1763640000000 } from './migrations/1763640000000-create-users';
import { CreateOutbox1763640000001 } from './migrations/1763640000001-create-outbox';
import { CreateLockoutsMails1763640000003 } from './migrations/1763640000003-create-lockouts-mails';
import { ShareRevocationsAndLimits1763640000002 } from './migrations/1763640000002-share-revocations-and-limits';
import { RotateKeysCountRequests1763640000004 } from './migrations/1763640000004-rotate-keys-count-requests';
import { CreateWebhooks1763640000005 } from './migrations/1763640000005-create-webhooks';
import { RecordSecurityEvents1763640000006 } from './migrations/1763640000006-record-security-events';

export const database: ServiceDatabase = {
  service: 'auth',
  entities: [
    User,
    LockoutRow,
    OneTimeTokenRow,
    Mail,
    Session,
    ApiKey,
    SigningKeyRow,
    RequestDay,
    IdempotentRequest,
    Webhook,
    WebhookDelivery,
    SecurityEvent,
  ],
  migrations: [
    CreateUsers1763640000000,
    CreateOutbox1763640000001,
    ShareRevocationsAndLimits1763640000002,
    CreateLockoutsMails1763640000003,
    RotateKeysCountRequests1763640000004,
    CreateWebhooks1763640000005,
    RecordSecurityEvents1763640000006,
  ],
};
