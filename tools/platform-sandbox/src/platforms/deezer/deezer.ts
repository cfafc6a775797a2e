import { makeClient } from '../../clients';
import { json, text, type Answer } from '../../http/answer';
import type { PlatformFailure, SandboxPlatform } from '../../platform';
import { stableHex } from '../../state/random';
import { apiRoutes, deezerError, problems } from './api';
import { connectRoutes, deezerTokens, edgeRefusal, tokenProblems } from './connect';
import { deezerAccount, deezerSettings } from './settings';

const api = (about: string, answer: Answer): PlatformFailure => ({ about, host: 'api', answer: () => answer });
const token = (about: string, answer: Answer): PlatformFailure => ({
  about,
  host: 'connect',
  path: '/oauth/access_token.php',
  answer: () => answer,
});

/** Section 4.4 and 4.6 of what is known about Deezer, row by row; nearly all of it comes with status 200. */
const failures: Record<string, PlatformFailure> = {
  rate_limited: api('Code 4: more than 50 requests in 5 seconds', problems.quota),
  server_error: { about: 'An outage', answer: () => text(503, 'Service Unavailable') },
  wrong_code: token('The code is bad or was used', tokenProblems.wrongCode),
  invalid_client: token('The secret is wrong', tokenProblems.wrongSecret),
  unknown_client: token('The app is unknown', tokenProblems.wrongApp),
  items_limit: api('Code 100', deezerError('Exception', 'Items limit exceeded', 100)),
  no_token: api('Code 200 without a token', problems.noToken),
  permission: api('Code 200 with a token: a permission is missing', problems.permission),
  invalid_token: api('Code 300: the token is bad or was revoked', problems.badToken),
  wrong_parameter: api('Code 500', problems.wrongParameter),
  missing_parameter: api('Code 501', deezerError('MissingParameterException', 'Missing parameters: q', 501)),
  invalid_query: api('Code 600', deezerError('InvalidQueryException', 'Invalid query', 600)),
  service_busy: api('Code 700', deezerError('Exception', 'Service busy', 700)),
  no_data: api('Code 800', problems.noData),
  no_data_404: api('Code 800 with status 404, as newer recordings have it', { ...problems.noData, status: 404 }),
  individual_account: api(
    'Code 901',
    deezerError('IndividualAccountChangedNotAllowedException', 'Individual account changed not allowed', 901),
  ),
  no_code: api('An error without a code', problems.unknown),
  error_string: api('An error that is a text', json(404, { error: 'Not Found' })),
  empty_error: api('A success with an empty list of errors', json(200, { error: [], results: true })),
  bare_true: api('A success that is just true', json(200, true)),
  edge_403: { about: 'The edge refuses', host: 'connect', path: '/oauth/auth.php', answer: () => edgeRefusal },
  region_closed: {
    about: 'Deezer is not open in this country',
    host: 'api',
    path: '/infos',
    answer: () => json(200, { country_iso: 'XX', country: 'Nowhere', open: false }),
  },
};

/** connect.deezer.com and api.deezer.com. */
export const deezer: SandboxPlatform = {
  id: 'deezer',
  displayName: 'Deezer',
  hosts: {
    connect: {
      realNames: { 'connect.deezer.com': undefined },
      routes: connectRoutes,
      notFound: () => text(404, 'Not Found'),
    },
    api: {
      realNames: { 'api.deezer.com': undefined },
      routes: apiRoutes,
      notFound: () => json(404, { error: 'Not Found' }),
    },
  },
  modes: ['legacy'],
  settings: deezerSettings,
  account: deezerAccount,
  failures,
  oauth: deezerTokens,
  seed: (world) => {
    world.clients.put(
      makeClient(deezer, {
        clientId: '654321',
        clientSecret: stableHex('deezer:secret', 32),
        name: 'Sandbox App',
        redirectUris: ['http://127.0.0.1:3000/v1/oauth/deezer/callback'],
      }),
    );
  },
};
