import { z } from 'zod';
import { tokenSettings } from '../../oauth/token-settings';
import type { Client, User } from '../../state/rows';

/** What can be set about a Tidal app. */
export const tidalSettings = tokenSettings.extend({
  accessTokenSeconds: z.int().min(0).default(86_400),
  /** The token bucket: a call costs 5. Tidal's has been seen to hold 10 and to refill by one a second. */
  burstCapacity: z.int().min(5).default(1000),
  replenishPerSecond: z.number().positive().default(200),
  /** Who says that a token is bad: the gateway or the API; their errors look different. */
  unauthorized: z.enum(['gateway', 'json_api']).default('gateway'),
  /** Whether `/searchResults/{query}`, gone from the specification since August 2026, still answers. */
  hasOldSearchPath: z.boolean().default(false),
});

/** What can be set about somebody's Tidal account. */
export const tidalAccount = z.object({ emailVerified: z.boolean().default(true) });

/** The settings of an app. */
export const settingsOf = (client: Client) => tidalSettings.parse(client.settings);

/** A person's Tidal account. */
export const accountOf = (user: User) => tidalAccount.parse(user.accounts.tidal ?? {});
