import { findByIsrc, searchTracks } from '../../catalogue/catalogue';
import { empty, json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, type Handler, type Route } from '../../http/route';
import { stableText } from '../../state/random';
import type { Client, User } from '../../state/rows';
import type { World } from '../../state/world';
import { verifyDeveloperToken } from './developer-token';
import { findResource, isKind, song } from './resources';
import { accountOf, platform, settingsOf } from './settings';

/** https://developer.apple.com/documentation/applemusicapi/errorsresponse: everything in it is a text. */
export const appleError = (status: number, code: string, title: string, detail: string): Answer =>
  json(status, {
    errors: [{ id: stableText(`${code}${detail}`, 26).toUpperCase(), title, detail, status: String(status), code }],
  });

/** What is said instead of an answer. A 401 says nothing at all. */
export const problems = {
  unauthorized: empty(401),
  invalidUserToken: appleError(403, '40300', 'Forbidden', 'Invalid authentication'),
  privacyNotice: appleError(403, '40301', 'Forbidden', 'The user has not accepted the privacy notice'),
  insufficientPrivileges: appleError(
    400,
    '40015',
    'Insufficient Privileges',
    "User's subscription tier does not have access to privilege: subscription",
  ),
  notFound: appleError(404, '40400', 'Resource Not Found', 'Resource with requested id was not found'),
  tooMany: appleError(429, '42900', 'Too Many Requests', 'The request rate limit was exceeded'),
} as const;

const storefronts: ReadonlyMap<string, [name: string, language: string]> = new Map([
  ['us', ['United States', 'en-US']],
  ['de', ['Germany', 'de-DE']],
  ['fr', ['France', 'fr-FR']],
  ['gb', ['United Kingdom', 'en-GB']],
  ['jp', ['Japan', 'ja']],
]);

/** https://developer.apple.com/documentation/applemusicapi */
export const apiRoutes: Route[] = [
  get(
    '/v1/test',
    signed(() => json(200, {})),
  ),
  get(
    '/v1/storefronts/:id',
    signed((call) => storefront(call.param('id'), call)),
  ),
  get(
    '/v1/me/storefront',
    personal((call, user) => storefront(user.country.toLowerCase(), call)),
  ),
  get('/v1/catalog/:storefront/search', signed(search)),
  get('/v1/catalog/:storefront/songs', signed(songs)),
  get('/v1/catalog/:storefront/:type/:id', signed(one)),
];

function storefront(id: string, call: Call): Answer {
  const found = storefronts.get(id);
  if (!found) return problems.notFound;
  const [name, language] = found;
  const attributes = {
    name,
    defaultLanguageTag: language,
    supportedLanguageTags: [language],
    explicitContentPolicy: 'allowed',
  };
  return json(200, { data: [{ id, type: 'storefronts', href: `/v1/storefronts/${id}`, attributes }], href: call.path });
}

function search(call: Call): Answer {
  if (!storefronts.has(call.param('storefront'))) return problems.notFound;
  const limit = call.integer('limit', 5, { min: 1, max: 25 });
  const offset = call.integer('offset', 0, { min: 0, max: 10_000 });
  const term = call.query.get('term');
  if (!term || limit === undefined || offset === undefined) return badRequest;
  const found = searchTracks(term.replaceAll('+', ' '));
  const query = new URLSearchParams({ term, offset: String(offset + limit), types: 'songs' });
  const next = `${call.path}?${query}`;
  const page = {
    href: `${call.path}?${call.query}`,
    data: found.slice(offset, offset + limit).map((track) => song(track, call.param('storefront'))),
    ...(offset + limit < found.length && { next }),
  };
  return json(200, { results: found.length > 0 ? { songs: page } : {}, meta: { results: { order: ['songs'] } } });
}

const badRequest = appleError(400, '40005', 'Invalid Parameter Value', 'A parameter is missing or has a bad value');

function songs(call: Call): Answer {
  if (!storefronts.has(call.param('storefront'))) return problems.notFound;
  const isrcs = (call.query.get('filter[isrc]') ?? '').split(',').filter(Boolean);
  if (isrcs.length === 0) return badRequest;
  const found = isrcs.map(findByIsrc).filter((track) => track !== undefined);
  return json(200, { data: found.map((track) => song(track, call.param('storefront'))) });
}

function one(call: Call): Answer {
  const [store, type, id] = [call.param('storefront'), call.param('type'), call.param('id')];
  const found = storefronts.has(store) && isKind(type) ? findResource(type, id, store) : undefined;
  return found ? json(200, { data: [found] }) : problems.notFound;
}

function signed(endpoint: (call: Call) => Answer): Handler {
  return (call: Call, world: World) => {
    const team = verifyDeveloperToken(call.bearer() ?? '', call.header('origin'), world);
    if (!team) return problems.unauthorized;
    return limited(team, world) ?? endpoint(call);
  };
}

function limited(team: Client, world: World): Answer | undefined {
  const { requestsPerMinute: max } = settingsOf(team);
  if (max === null) return undefined;
  const used = world.count(`apple/${team.clientId}`, `minute:${Math.floor(world.clock.now() / 60_000)}`);
  return used >= max ? problems.tooMany : undefined;
}

/** https://developer.apple.com/documentation/applemusicapi/http-status-codes: the same status for several things. */
function personal(endpoint: (call: Call, user: User) => Answer): Handler {
  return (call: Call, world: World) => {
    const answer = signed(() => json(200, {}))(call, world) as Answer;
    if (answer.status !== 200) return answer;
    const shown = call.header('music-user-token');
    if (!shown) return problems.unauthorized;
    const token = world.liveToken(platform, shown);
    const user = world.users.find(token?.userId ?? '');
    if (token?.kind !== 'music_user' || !user) return problems.invalidUserToken;
    const { subscription, hasAcceptedPrivacyNotice } = accountOf(user);
    if (subscription === 'none') return problems.unauthorized;
    if (!hasAcceptedPrivacyNotice) return problems.privacyNotice;
    return subscription === 'voice' ? problems.insufficientPrivileges : endpoint(call, user);
  };
}
