import { z } from 'zod';
import { tokenSettings } from '../../oauth/token-settings';
import type { Client, User } from '../../state/rows';

/** The id everywhere. */
export const platform = 'amazon_music';

/**
 * How far Amazon has let a security profile into the closed beta: all of it; the scopes, but every call is refused; not at all.
 * https://developer.amazon.com/docs/music/API_web_LWA.html
 */
export const amazonModes = ['music_enabled', 'calls_refused', 'not_enabled'] as const;

/** What can be set about a security profile. */
export const amazonSettings = tokenSettings.extend({
  securityProfileId: z.string().default(''),
  /** Where its codes and tokens count; null: everywhere. */
  region: z.enum(['NA', 'EU', 'FE']).nullable().default(null),
  /** The two copies of the documentation differ about what V2 wants to see. */
  v2Wants: z.enum(['both', 'device_id', 'api_key']).default('device_id'),
});

/** What can be set about somebody's Amazon account. */
export const amazonAccount = z.object({
  music: z.enum(['unlimited', 'prime', 'none', 'denied_tier', 'denied_territory']).default('unlimited'),
});

/** The settings of a security profile. */
export const settingsOf = (client: Client) => amazonSettings.parse(client.settings);

/** A person's Amazon account. */
export const accountOf = (user: User) => amazonAccount.parse(user.accounts[platform] ?? {});
