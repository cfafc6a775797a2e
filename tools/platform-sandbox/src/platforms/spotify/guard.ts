import type { Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Route } from '../../http/route';
import type { Client, Token, User } from '../../state/rows';
import type { World } from '../../state/world';
import { apiError, forbidden, quotaExceeded, tooMany, unauthorized } from './problems';
import { hasLegacyEndpoints, isInDevelopment, isReduced, settingsOf } from './settings';

/** Who asks the Web API. */
export interface Visitor {
  readonly client: Client;
  readonly token: Token;
  /** undefined: the token is an app's. */
  readonly user: User | undefined;
}

/** What an endpoint wants. */
export interface EndpointRules {
  readonly needsUser?: true;
  readonly scope?: string;
  /** Since when the endpoint is closed to whom. */
  readonly closed?: 'november_2024' | 'february_2026';
  /** What is said where it is closed, if not the usual 403. */
  readonly whenClosed?: Answer;
}

/** Users and Access takes no more. */
const usersMax = 5;

type Endpoint = (call: Call, visitor: Visitor, world: World) => Answer;
type UserEndpoint = (call: Call, visitor: Visitor & { user: User }, world: World) => Answer;

/** A GET that user tokens and app tokens may make. */
export const open = (path: string, rules: EndpointRules, endpoint: Endpoint): Route =>
  get(path, (call, world) => {
    const visitor = admit(call, rules, world);
    return 'status' in visitor ? visitor : endpoint(call, visitor, world);
  });

/** A GET about the user. */
export const personal = (path: string, rules: EndpointRules, endpoint: UserEndpoint): Route =>
  open(path, { ...rules, needsUser: true }, (call, visitor, world) =>
    visitor.user ? endpoint(call, { ...visitor, user: visitor.user }, world) : apiError(401, 'Unauthorized.'),
  );

function admit(call: Call, rules: EndpointRules, world: World): Visitor | Answer {
  const header = call.header('authorization');
  if (header === undefined) return unauthorized.missing;
  if (!/^Bearer /i.test(header)) return apiError(400, 'Only valid bearer authentication supported');
  const token = world.liveToken('spotify', call.bearer());
  const client = world.client('spotify', token?.clientId);
  if (!token || !client || token.kind === 'refresh') return rejected(call, world);
  const user = world.users.find(token.userId ?? '');
  return refusal(rules, { client, token, user }, world) ?? { client, token, user };
}

/** In the order in which a caller can get rid of them. */
function refusal(rules: EndpointRules, { client, token, user }: Visitor, world: World): Answer | undefined {
  if (client.isDisabled) return unauthorized.invalid;
  const limit = limited(client, world);
  if (limit) return limit;
  if (isInDevelopment(client) && !settingsOf(client).ownerHasPremium) return forbidden.ownerNeedsPremium;
  if (user && isInDevelopment(client) && client.users && !client.users.slice(0, usersMax).includes(user.id)) {
    return forbidden.userNotRegistered;
  }
  if (rules.closed === 'november_2024' && !hasLegacyEndpoints(client)) {
    return rules.whenClosed ?? forbidden.endpointClosed;
  }
  if (rules.closed === 'february_2026' && isReduced(client)) return rules.whenClosed ?? forbidden.endpointRemoved;
  const lacksScope = rules.scope !== undefined && !token.scopes.includes(rules.scope);
  return lacksScope ? forbidden.insufficientScope : undefined;
}

function limited(client: Client, world: World): Answer | undefined {
  const { requestsPer30Seconds: perWindow, quotaPerDay, developer } = settingsOf(client);
  const seconds = world.clock.nowSeconds();
  if (perWindow !== null) {
    const used = world.count(`spotify/${client.clientId}`, `30s:${Math.floor(seconds / 30)}`);
    if (used >= perWindow) return tooMany(30 - (seconds % 30));
  }
  if (quotaPerDay !== null) {
    const used = world.count(`spotify-developer/${developer}`, `day:${Math.floor(seconds / 86_400)}`);
    if (used >= quotaPerDay) return quotaExceeded(86_400 - (seconds % 86_400));
  }
  return undefined;
}

function rejected(call: Call, world: World): Answer {
  const row = world.tokens.find(call.bearer() ?? '');
  const client = world.client('spotify', row?.clientId);
  if (!client || settingsOf(client).unauthorized === 'current') return unauthorized.invalid;
  return apiError(401, row?.revokedAt === null ? 'The access token expired' : 'Invalid access token');
}
