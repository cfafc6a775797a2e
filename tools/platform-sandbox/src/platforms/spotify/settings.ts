import { z } from 'zod';
import { tokenSettings } from '../../oauth/token-settings';
import type { Client, User } from '../../state/rows';

/**
 * What an app may do, by when it came to be and what it was granted: https://developer.spotify.com/documentation/web-api/concepts/quota-modes,
 * https://developer.spotify.com/documentation/web-api/references/changes/february-2026
 */
export const spotifyModes = ['dev_2026', 'dev_pre2026', 'extended_new', 'extended_legacy'] as const;

/** What can be set about a Spotify app. */
export const spotifySettings = tokenSettings.extend({
  ownerHasPremium: z.boolean().default(true),
  /** Apps of one developer share a quota. */
  developer: z.string().default('sandbox-developer'),
  /** Requests in a rolling window of 30 s, roughly; null: no limit. */
  requestsPer30Seconds: z.int().min(1).nullable().default(null),
  /** Requests per day of all apps of the developer; null: no limit. */
  quotaPerDay: z.int().min(1).nullable().default(null),
  /** The bodies of a 401: as they are since September 2026, or as before. */
  unauthorized: z.enum(['current', 'legacy']).default('current'),
});

/** What can be set about somebody's Spotify account. */
export const spotifyAccount = z.object({
  product: z.enum(['premium', 'free']).default('premium'),
  intervalSeconds: z.int().min(1).default(1200),
  lagSeconds: z.int().min(0).default(0),
  savedTracks: z.int().min(0).default(73),
});

/** The settings of an app. */
export const settingsOf = (client: Client) => spotifySettings.parse(client.settings);

/** A person's Spotify account. */
export const accountOf = (user: User) => spotifyAccount.parse(user.accounts.spotify ?? {});

/** Whether endpoints closed in November 2024 are open: https://developer.spotify.com/blog/2024-11-27-changes-to-the-web-api */
export const hasLegacyEndpoints = (client: Client) => client.mode === 'extended_legacy';

/** Whether the reduced API of February 2026 is all there is. */
export const isReduced = (client: Client) => client.mode === 'dev_2026';

/** Whether only allow-listed users may be served. */
export const isInDevelopment = (client: Client) => client.mode.startsWith('dev_');
