import { z } from 'zod';
import { tokenSettings } from '../../oauth/token-settings';
import type { Client, User } from '../../state/rows';
import type { World } from '../../state/world';

/** The id everywhere. */
export const platform = 'youtube_music';

const apiKey = z.object({
  key: z.string(),
  isExpired: z.boolean().default(false),
  restriction: z.enum(['none', 'service', 'referrer', 'ip', 'android', 'ios']).default('none'),
});

/** What can be set about a Google Cloud project with its OAuth client and its keys. `testing` is the consent screen's publishing status. */
export const googleSettings = tokenSettings.extend({
  accessTokenSeconds: z.int().min(0).default(3599),
  projectNumber: z.string().default('123456789012'),
  apiKeys: z.array(apiKey).default([]),
  isApiEnabled: z.boolean().default(true),
  unitsPerDay: z.int().min(0).default(10_000),
  searchesPerDay: z.int().min(0).default(100),
  /** Whether the callback says who it comes from (RFC 9207). */
  sendsIssuer: z.boolean().default(true),
  /** Only for accounts of the developer's own organisation. */
  isInternal: z.boolean().default(false),
  /** Google Workspace wants its users to sign in again. */
  needsReauthentication: z.boolean().default(false),
});

/** What can be set about somebody's YouTube account. */
export const youtubeAccount = z.object({
  channel: z.enum(['yes', 'none', 'signup_required', 'closed', 'suspended']).default('yes'),
});

/** The settings of a project. */
export const settingsOf = (client: Client) => googleSettings.parse(client.settings);

/** A person's YouTube account. */
export const accountOf = (user: User) => youtubeAccount.parse(user.accounts[platform] ?? {});

/** The project that an API key belongs to, with the key. */
export function findApiKey(value: string, world: World) {
  for (const client of world.clients.list((row) => row.platform === platform)) {
    const key = settingsOf(client).apiKeys.find((row) => row.key === value);
    if (key) return { client, key };
  }
  return undefined;
}
