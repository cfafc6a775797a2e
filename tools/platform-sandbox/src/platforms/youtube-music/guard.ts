import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Client, User } from '../../state/rows';
import type { World } from '../../state/world';
import { apiNotEnabled, problems, restricted } from './problems';
import { findApiKey, platform, settingsOf } from './settings';

/** Who asks: a project, and perhaps a user. */
export interface Visitor {
  readonly client: Client;
  readonly user: User | undefined;
  readonly scopes: readonly string[];
}

/** https://developers.google.com/youtube/v3/determine_quota_cost: a token counts before a key; the day is the Pacific's. */
export function admit(call: Call, bucket: 'units' | 'searches', world: World): Visitor | Answer {
  const visitor = call.header('authorization') === undefined ? byKey(call, world) : byToken(call, world);
  if ('status' in visitor) return visitor;
  const settings = settingsOf(visitor.client);
  if (!settings.isApiEnabled) return apiNotEnabled(settings.projectNumber);
  const max = bucket === 'searches' ? settings.searchesPerDay : settings.unitsPerDay;
  const used = world.count(`${visitor.client.id}/${bucket}`, pacificDay(world.clock.now()));
  if (used < max) return visitor;
  return bucket === 'searches' ? problems.searchQuotaExceeded : problems.quotaExceeded;
}

function byToken(call: Call, world: World): Visitor | Answer {
  const token = world.liveToken(platform, call.bearer());
  const client = world.client(platform, token?.clientId);
  if (token?.kind !== 'access' || !client || client.isDisabled) return problems.invalidCredentials;
  return { client, user: world.users.find(token.userId ?? ''), scopes: token.scopes };
}

function byKey(call: Call, world: World): Visitor | Answer {
  const value = call.query.get('key') ?? call.header('x-goog-api-key');
  if (!value) return problems.missingKey;
  const found = findApiKey(value, world);
  if (!found) return problems.invalidKey;
  if (found.key.isExpired) return problems.expiredKey;
  if (found.key.restriction !== 'none') return restricted[found.key.restriction];
  return { client: found.client, user: undefined, scopes: [] };
}

const pacific = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles', dateStyle: 'short' });

/** The day at YouTube's, which quotas are counted by. */
export const pacificDay = (now: number): string => pacific.format(now);
