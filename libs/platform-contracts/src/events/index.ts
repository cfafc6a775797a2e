import { z } from 'zod';
import { id, timestamp } from '../ids';
import { modes } from '../principal';
import { defineEvent, type EventContract } from './define-event';

export * from './define-event';

const generationEvent = z.object({ generation_id: id('gen'), user_id: id('user'), mode: z.enum(modes) });

export const generationSucceeded = defineEvent({
  subject: 'musicgen.v1.event.generation.succeeded',
  summary: 'The music is there',
  subscribers: [],
  payload: generationEvent,
});
export const generationFailed = defineEvent({
  subject: 'musicgen.v1.event.generation.failed',
  summary: 'The music could not be made; `code` says why',
  subscribers: [],
  payload: generationEvent.extend({ code: z.string() }),
});
export const generationCanceled = defineEvent({
  subject: 'musicgen.v1.event.generation.canceled',
  summary: 'The music is not made any more: it was cancelled',
  subscribers: [],
  payload: generationEvent,
});

/** A worker has something to do, or to stop doing. */
export const generationJobChanged = defineEvent({
  subject: 'musicgen.v1.event.job.changed',
  subscribers: ['musicgen'],
  payload: z.object({ job_id: id('job'), change: z.enum(['queued', 'cancel_requested']) }),
  live: true,
});

/** Rights have changed: the gateway's replicas forget what they know of these keys, sessions and users. */
export const revocationAnnounced = defineEvent({
  subject: 'auth.v1.event.revocation.announced',
  subscribers: ['auth'],
  payload: z.object({ ids: z.array(z.string()) }),
  live: true,
});

/** A generation has new events: whoever follows it asks for them. */
export const generationProgressed = defineEvent({
  subject: 'musicgen.v1.event.generation.progressed',
  subscribers: ['auth'],
  payload: z.object({ generation_id: id('gen') }),
  live: true,
});

/** A replica of auth-gateway has a webhook to deliver. */
export const webhookJobChanged = defineEvent({
  subject: 'auth.v1.event.webhook_job.changed',
  subscribers: ['auth'],
  payload: z.object({ job_id: id('job'), change: z.enum(['queued', 'cancel_requested']) }),
  live: true,
});

export const apiKeyRevoked = defineEvent({
  subject: 'auth.v1.event.api_key.revoked',
  summary: 'A key was revoked; its queued generations are cancelled',
  subscribers: ['musicgen'],
  payload: z.object({ key_id: id('key'), user_id: id('user'), mode: z.enum(modes) }),
});

/**
 * Logged out, ended from the list of sessions, by a new password, because an old refresh token came back or the account was
 * locked.
 */
export const sessionRevoked = defineEvent({
  subject: 'auth.v1.event.session.revoked',
  summary: 'A session was ended before its time; its queued generations are cancelled',
  subscribers: ['musicgen'],
  payload: z.object({ session_id: id('sess'), user_id: id('user'), mode: z.enum(modes) }),
});

/** The account is gone: every service deletes what it has of the user, in both modes, within an hour. */
export const userDeleted = defineEvent({
  subject: 'auth.v1.event.user.deleted',
  subscribers: ['vault', 'musicgen'],
  payload: z.object({ user_id: id('user') }),
});

/** A replica or a command has changed the keys that sign access tokens: the others read them again. */
export const signingKeysChanged = defineEvent({
  subject: 'auth.v1.event.signing_keys.changed',
  subscribers: ['auth'],
  payload: z.object({ kid: z.string().describe('of the key that signs now') }),
  live: true,
});

export const apiKeyRotated = defineEvent({
  subject: 'auth.v1.event.api_key.rotated',
  summary: 'A key was replaced by `replaced_by`, which has its settings; it works until `retires_at`',
  subscribers: [],
  payload: z.object({
    key_id: id('key'),
    replaced_by: id('key'),
    retires_at: timestamp,
    user_id: id('user'),
    mode: z.enum(modes),
  }),
});

export const apiKeyExpiring = defineEvent({
  subject: 'auth.v1.event.api_key.expiring',
  summary: '14, 3 and 1 day before a key ends (`expiry`) or should be replaced (`rotation`), once each',
  subscribers: [],
  payload: z.object({
    key_id: id('key'),
    reason: z.enum(['expiry', 'rotation']),
    days: z.union([z.literal(14), z.literal(3), z.literal(1)]),
    due_at: timestamp,
    user_id: id('user'),
    mode: z.enum(modes),
  }),
});

const credentialEvent = z.object({
  credential_id: id('cred'),
  user_id: id('user'),
  platform: z.string(),
  mode: z.enum(modes),
});

export const credentialDeleted = defineEvent({
  subject: 'vault.v1.event.credential.deleted',
  summary: 'A credential was removed',
  subscribers: [],
  payload: credentialEvent,
});

export const credentialValid = defineEvent({
  subject: 'vault.v1.event.credential.valid',
  summary: 'A validation found a credential good again, or for the first time',
  subscribers: [],
  payload: credentialEvent,
});

export const credentialInvalid = defineEvent({
  subject: 'vault.v1.event.credential.invalid',
  summary: 'A validation found that its platform refuses a credential; `reason` is one of the reasons of a validation',
  subscribers: [],
  payload: credentialEvent.extend({ reason: z.string() }),
});

export const credentialRefreshFailing = defineEvent({
  subject: 'vault.v1.event.credential.refresh_failing',
  summary:
    'The tokens of a credential cannot be renewed at the moment, which is tried again; `reason` is one of the reasons of a validation',
  subscribers: [],
  payload: credentialEvent.extend({ reason: z.string() }),
});

export const credentialNeedsReauthorization = defineEvent({
  subject: 'vault.v1.event.credential.needs_reauthorization',
  summary: 'The grant of a credential has ended: the platform is not asked again until somebody authorises',
  subscribers: [],
  payload: credentialEvent.extend({ reason: z.string() }),
});

export const credentialReauthDue = defineEvent({
  subject: 'vault.v1.event.credential.reauth_due',
  summary: '30, 7 and 1 day before the platform ends the grant of a credential whatever one does, once each',
  subscribers: [],
  payload: credentialEvent.extend({
    days: z.union([z.literal(30), z.literal(7), z.literal(1)]),
    due_at: timestamp,
  }),
});

/** A credential, or its tokens, are no longer what they were: nothing read before is true any more. */
export const credentialChanged = defineEvent({
  subject: 'vault.v1.event.credential.changed',
  subscribers: ['vault'],
  payload: credentialEvent,
  live: true,
});

/** Every event there is; see `rpcContracts`. */
export const eventContracts: readonly EventContract[] = [
  generationSucceeded,
  generationFailed,
  generationCanceled,
  generationJobChanged,
  generationProgressed,
  webhookJobChanged,
  revocationAnnounced,
  apiKeyRevoked,
  sessionRevoked,
  userDeleted,
  signingKeysChanged,
  apiKeyRotated,
  apiKeyExpiring,
  credentialDeleted,
  credentialValid,
  credentialInvalid,
  credentialRefreshFailing,
  credentialNeedsReauthorization,
  credentialReauthDue,
  credentialChanged,
];
