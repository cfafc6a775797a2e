import { z } from 'zod';
import { id, timestamp } from '../ids';
import { reasons } from '../platforms';
import { connectionStates } from './credential';

/** `user`: what somebody granted to the client; `app`: what the client gets for itself. */
export const tokenKinds = ['user', 'app'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/**
 * A token for the next minutes. It works until `expires_at` (null: it does not end), which is more than five minutes away,
 * unless the platform does not renew it at the moment: then it is what is left. Whoever keeps it keeps it no longer than
 * that, and asks anew with `rejected` when the platform refuses it earlier.
 */
export const issuedToken = z.object({
  credential_id: id('cred'),
  platform: z.string(),
  kind: z.enum(tokenKinds),
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_at: timestamp.nullable(),
  expires_in: z.int().nullable().describe('seconds from this answer on'),
  scopes: z.array(z.string()).nullable().describe('what was granted, where the platform says it'),
  version: z.int().describe('counts renewals: `rejected` of a request for another one'),
});
export type IssuedToken = z.infer<typeof issuedToken>;

/** How a credential's user token stands; never the token itself. */
export const tokenInfo = z.object({
  credential_id: id('cred'),
  platform: z.string(),
  state: z.enum(connectionStates),
  access_token_present: z.boolean(),
  refresh_token_present: z.boolean(),
  expires_at: timestamp.nullable(),
  expired: z.boolean(),
  scopes_granted: z.array(z.string()).nullable(),
  scopes_missing: z.array(z.string()),
  consented_at: timestamp.nullable(),
  last_refresh_at: timestamp.nullable(),
  next_refresh_at: timestamp.nullable().describe('null: it is not renewed by itself'),
  reauth_due_at: timestamp.nullable().describe('when the user must authorise again whatever one does'),
  failing_since: timestamp.nullable(),
  reason: z.enum(reasons).nullable(),
  remedy: z.string().nullable(),
});
export type TokenInfo = z.infer<typeof tokenInfo>;
