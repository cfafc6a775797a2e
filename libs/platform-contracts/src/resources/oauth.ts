import { z } from 'zod';
import { id } from '../ids';

/** How an authorisation is started. */
export const startOAuthBody = z.strictObject({
  scopes: z
    .array(z.string().regex(/^[^\s,]{1,200}$/, 'must be one word, without spaces and commas'))
    .max(100)
    .optional()
    .describe('default: the credential’s, else the platform’s usual ones'),
  redirect_uri: z.string().max(2_000).optional().describe('must be the credential’s'),
  state: z
    .string()
    .regex(/^[\x21-\x7e]{8,512}$/, 'must be 8 to 512 characters that can be seen')
    .optional()
    .describe('the app’s own, hard to guess; default: 256 random bits'),
  return_to: z.string().max(2_000).optional().describe('where the browser ends up, on this origin'),
  show_dialog: z.boolean().optional().describe('show the consent page also to who has agreed before'),
});

/** What an app with a redirect page of its own got from the platform. */
export const exchangeOAuthBody = z.strictObject({
  code: z.string().min(1).max(4_096),
  state: z.string().min(1).max(512),
  iss: z.string().max(512).optional(),
});

/** A user's account at a platform, connected. */
export const oauthConnection = z.object({
  credential_id: id('cred'),
  platform: z.string(),
  /** As the platform calls it; null where it did not say. */
  account: z.string().nullable(),
  scopes: z.array(z.string()),
});
