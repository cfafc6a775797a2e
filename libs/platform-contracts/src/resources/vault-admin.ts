import { z } from 'zod';
import { id, timestamp } from '../ids';

const key = z.object({ version: z.number().int(), fingerprint: z.string() });

/** Which keys the vault's data stands under, and how far replacing them has come. */
export const keyReport = z.object({
  newest: key,
  census: z.array(
    key.extend({
      data_keys: z.number().int().describe('credentials whose data key it wraps'),
      passing: z.number().int().describe('values under it that are gone within days by themselves'),
      removable: z.boolean().describe('nothing needs it: it may be taken out of VAULT_KEYS'),
    }),
  ),
  rotation: z
    .object({
      id: id('job'),
      state: z.enum(['running', 'done']),
      target_version: z.number().int(),
      total: z.number().int(),
      done: z.number().int(),
      failed: z.number().int(),
      failures: z.array(z.object({ credential_id: id('cred'), problem: z.string() })),
      started_at: timestamp,
      finished_at: timestamp.nullable(),
    })
    .nullable(),
});
export type KeyReport = z.infer<typeof keyReport>;

/** What was done with a credential's secrets. */
export const auditActions = [
  'created',
  'changed',
  'activated',
  'deactivated',
  'deleted',
  'authorized',
  'disconnected',
  'refreshed',
  'token_issued',
  'signed',
  'validated',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One line of the record. */
export const auditEntry = z.object({
  at: timestamp,
  action: z.enum(auditActions),
  credential_id: id('cred'),
  platform: z.string(),
  outcome: z.string().describe('ok, or the code of the error'),
  user_id: z.string().nullable().describe('who; null: the vault itself'),
  key_id: z.string().nullable(),
  session_id: z.string().nullable(),
  service: z.string().describe('the service that asked'),
  request_id: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Whether the record is whole. */
export const auditProof = z.object({
  is_whole: z.boolean(),
  rows: z.number().int(),
  entries: z.number().int(),
  first_seq: z.number().int().nullable(),
  last_seq: z.number().int().nullable(),
  last_hash: z.string().nullable().describe('to be kept elsewhere: what is behind it cannot be cut off unseen'),
  problem: z.object({ seq: z.number().int(), what: z.string() }).nullable(),
});
export type AuditProof = z.infer<typeof auditProof>;
