import { z } from 'zod';
import { tokenSettings } from '../../oauth/token-settings';
import type { Client } from '../../state/rows';

/** What can be set about a Deezer app of old. */
export const deezerSettings = tokenSettings.extend({
  /** https://developers.deezer.com: 50 requests in 5 seconds. */
  requestsPer5Seconds: z.int().min(1).nullable().default(50),
  /** 127.0.0.1 was refused where localhost was not. */
  refusesLoopbackIp: z.boolean().default(false),
});

/** What can be set about somebody's Deezer account. */
export const deezerAccount = z.object({});

/** The settings of an app. */
export const settingsOf = (client: Client) => deezerSettings.parse(client.settings);
