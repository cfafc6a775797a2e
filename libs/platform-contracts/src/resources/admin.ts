import { z } from 'zod';
import { id, timestamp } from '../ids';
import { modes, roles, tierNames } from '../principal';
import { serviceNames } from '../rpc/define-rpc';
import { credentialSummary } from './credential';

/** A user as administrators see him. */
export const adminUser = z.object({
  id: id('user'),
  email: z.string(),
  name: z.string().nullable(),
  tier: z.enum(tierNames),
  role: z.enum(roles),
  locked: z.boolean().describe('can neither log in nor use a key'),
  email_verified_at: timestamp.nullable(),
  created_at: timestamp,
});
export type AdminUser = z.infer<typeof adminUser>;

/** What an administrator may change; at least one of it. */
export const userChange = z
  .strictObject({
    tier: z.enum(tierNames).optional(),
    role: z.enum(roles).optional(),
    locked: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    error: 'must be given, or role or locked',
    path: ['tier'],
    when: ({ issues }) => issues.length === 0,
  });
export type UserChange = z.infer<typeof userChange>;

/** Anybody's credential, without any field's value. */
export const ownedCredential = credentialSummary.extend({ user_id: id('user') });

/** A job that is not tried any more. */
export const deadJob = z.object({
  id: id('job'),
  kind: z.string().describe('for example generation'),
  resource_id: z.string().describe('what it was to make or send'),
  user_id: id('user'),
  mode: z.enum(modes),
  attempts: z.number().int(),
  problem: z.string().nullable().describe('the code of the last error'),
  request_id: z.string().describe('of the request that asked for it'),
  created_at: timestamp,
  finished_at: timestamp,
});
export type DeadJobView = z.infer<typeof deadJob>;

/** The services that have jobs. */
export const jobServices = ['auth', 'musicgen'] as const satisfies readonly (typeof serviceNames)[number][];
export type JobService = (typeof jobServices)[number];

export const adminJob = deadJob.extend({ service: z.enum(jobServices), state: z.enum(['dead', 'queued']) });

/** What auth-gateway keeps on record. */
export const securityActions = [
  'registered',
  'login',
  'authentication',
  'mode_changed',
  'session_ended',
  'password_changed',
  'password_reset',
  'key_created',
  'key_rotated',
  'key_revoked',
  'webhook_created',
  'webhook_rotated',
  'webhook_deleted',
  'user_changed',
  'user_deleted',
  'data_exported',
  'job_requeued',
] as const;
export type SecurityAction = (typeof securityActions)[number];

/** One line of the record: who did or tried what. */
export const securityEvent = z.object({
  id: id('evt'),
  at: timestamp,
  action: z.enum(securityActions),
  outcome: z.string().describe('ok, or the code of the error'),
  user_id: z.string().nullable().describe('who; null: nobody who was known'),
  key_id: z.string().nullable(),
  session_id: z.string().nullable(),
  address: z.string().nullable().describe('of the client; of failures, the group that limits count by'),
  request_id: z.string().nullable().describe('null: several requests'),
  target_id: z.string().nullable().describe('what it was done to'),
  users: z.array(z.string()).describe('whom it concerns'),
  details: z.record(z.string(), z.unknown()),
  count: z.number().int().describe('of failures: how many in this minute'),
});
export type SecurityEventView = z.infer<typeof securityEvent>;
