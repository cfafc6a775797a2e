import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { makeClient } from '../../clients';
import { need } from '../../control/problem';
import { answer, bodyOf } from '../../control/wire';
import { empty, type Answer } from '../../http/answer';
import { post, type Route } from '../../http/route';
import type { PlatformFailure, SandboxPlatform } from '../../platform';
import { addMonths } from '../../state/clock';
import { randomText } from '../../state/random';
import { apiRoutes, appleError, problems } from './api';
import { teamOf } from './developer-token';
import { appleAccount, appleSettings, platform } from './settings';

const row = (about: string, said: Answer, path?: string): PlatformFailure => ({
  about,
  host: 'api',
  path,
  answer: () => said,
});

/** Section 3.5 of what is known about Apple, row by row. */
const failures: Record<string, PlatformFailure> = {
  rate_limited: row('Too many requests with one developer token; Apple sends no Retry-After', problems.tooMany),
  server_error: row('An outage', appleError(503, '50300', 'Service Unavailable', 'The service is unavailable')),
  internal_error: row('A failure of theirs', appleError(500, '50001', 'Upstream Service Error', 'Internal error')),
  unauthorized: row('The developer token is wrong in some way', problems.unauthorized),
  no_subscription: row('The user has no subscription', problems.unauthorized, '/v1/me/*'),
  invalid_user_token: row('The Music User Token is invalid', problems.invalidUserToken, '/v1/me/*'),
  privacy_notice: row('The user has not accepted the notice', problems.privacyNotice, '/v1/me/*'),
  forbidden: row('The catalogue is refused', appleError(403, '40300', 'Forbidden', 'Forbidden'), '/v1/catalog/*'),
  insufficient_privileges: row('The subscription is too small', problems.insufficientPrivileges, '/v1/me/*'),
  not_found: row('Not there', problems.notFound),
};

const whose = z.strictObject({ user: z.string() });

/** What MusicKit does on somebody's phone: Apple has no address for it. */
const control: Route[] = [
  post('/music_user_tokens', (call, world) => {
    const { user } = bodyOf(call, whose);
    need(world.users.find(user), `user ${user}`);
    const now = world.clock.now();
    const token = world.tokens.put({
      id: `A${randomText(173)}==`,
      platform,
      kind: 'music_user',
      clientId: '',
      userId: user,
      scopes: [],
      issuedAt: now,
      lastUsedAt: now,
      expiresAt: addMonths(now, 6),
      revokedAt: null,
      replacedAt: null,
      isPublic: false,
    });
    return answer(201, { musicUserToken: token.id });
  }),
  post('/music_user_tokens/revoke', (call, world) => {
    const { user } = bodyOf(call, whose);
    const own = world.tokens.list((token) => token.platform === platform && token.userId === user);
    for (const { id } of own) world.tokens.update(id, { revokedAt: world.clock.now() });
    return answer(200, { revoked: own.length });
  }),
];

/** api.music.apple.com. A client is a team; its keys are registered with it. */
export const appleMusic: SandboxPlatform = {
  id: platform,
  displayName: 'Apple Music',
  hosts: {
    api: { realNames: { 'api.music.apple.com': undefined }, routes: apiRoutes, notFound: () => empty(404) },
  },
  modes: ['member'],
  settings: appleSettings,
  account: appleAccount,
  failures,
  whoCalls: (call, world) => {
    const team = teamOf(call.bearer() ?? '');
    const token = world.tokens.find(call.header('music-user-token') ?? '');
    return { client: team ?? null, user: token?.userId ?? null };
  },
  seed: (world) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const settings = { keys: [{ keyId: 'SANDBOXKEY', publicKey, privateKey }] };
    world.clients.put(
      makeClient(appleMusic, { clientId: 'SANDBOXTEA', clientSecret: null, name: 'Sandbox Team', settings }),
    );
  },
  control,
};
