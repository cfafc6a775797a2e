import { z } from 'zod';
import { id } from '../ids';
import { modes } from '../principal';
import { defineEvent, type EventContract } from './define-event';

export * from './define-event';

const generationEvent = z.object({ generation_id: id('gen'), user_id: id('user'), mode: z.enum(modes) });

export const generationSucceeded = defineEvent({
  subject: 'musicgen.v1.event.generation.succeeded',
  subscribers: [],
  payload: generationEvent,
});
export const generationFailed = defineEvent({
  subject: 'musicgen.v1.event.generation.failed',
  subscribers: [],
  payload: generationEvent.extend({ code: z.string() }),
});
export const generationCanceled = defineEvent({
  subject: 'musicgen.v1.event.generation.canceled',
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

/** The key's queued generations are cancelled. */
export const apiKeyRevoked = defineEvent({
  subject: 'auth.v1.event.api_key.revoked',
  subscribers: ['musicgen'],
  payload: z.object({ key_id: id('key'), user_id: id('user'), mode: z.enum(modes) }),
});

export const credentialDeleted = defineEvent({
  subject: 'vault.v1.event.credential.deleted',
  subscribers: [],
  payload: z.object({ credential_id: id('cred'), user_id: id('user'), platform: z.string(), mode: z.enum(modes) }),
});

/** Every event there is; see `rpcContracts`. */
export const eventContracts: readonly EventContract[] = [
  generationSucceeded,
  generationFailed,
  generationCanceled,
  generationJobChanged,
  apiKeyRevoked,
  credentialDeleted,
];
