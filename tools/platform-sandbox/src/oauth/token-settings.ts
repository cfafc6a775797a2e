import { z } from 'zod';

/** What can be set about the tokens of any app. */
export const tokenSettings = z.object({
  accessTokenSeconds: z.int().min(0).default(3600),
  codeSeconds: z.int().min(0).default(600),
  /** Whether a refresh brings a new refresh token. `empty`: the field is there with nothing in it. `sometimes`: every other time. */
  rotation: z.enum(['never', 'always', 'sometimes', 'empty']).default('never'),
  /** What becomes of the old one after a rotation. */
  oldToken: z.enum(['dies', 'grace']).default('dies'),
  graceSeconds: z.int().min(0).default(60),
  /** What a dead one that is used again does: nothing, or end the user's whole grant (RFC 9700 section 4.14.2). */
  reuse: z.enum(['refuse', 'revoke_grant']).default('refuse'),
});

/** The settings of an app that its tokens follow. */
export type TokenSettings = z.output<typeof tokenSettings>;
