import { makeClient } from '../../clients';
import type { SandboxPlatform } from '../../platform';
import { stableText } from '../../state/random';
import { apiRoutes } from './api';
import { authRoutes, loginRoutes, oauthError, tidalTokens } from './login';
import { apiError, tidalFailures } from './problems';
import { tidalAccount, tidalSettings } from './settings';

const noPage = () => oauthError(404, 'not_found', 0, 'Not found');

/** login.tidal.com, auth.tidal.com and openapi.tidal.com. */
export const tidal: SandboxPlatform = {
  id: 'tidal',
  displayName: 'Tidal',
  hosts: {
    login: { realNames: { 'login.tidal.com': undefined }, routes: loginRoutes, notFound: noPage },
    auth: { realNames: { 'auth.tidal.com': undefined }, routes: authRoutes, notFound: noPage },
    api: {
      realNames: { 'openapi.tidal.com': undefined },
      routes: apiRoutes,
      notFound: () => apiError(404, 'NOT_FOUND', 'Resource not found'),
    },
  },
  modes: ['third_party', 'internal'],
  settings: tidalSettings,
  account: tidalAccount,
  failures: tidalFailures,
  oauth: tidalTokens,
  seed: (world) => {
    world.clients.put(
      makeClient(tidal, {
        clientId: stableText('tidal:client', 16),
        clientSecret: `${stableText('tidal:secret', 43)}=`,
        name: 'Sandbox App',
        redirectUris: ['http://127.0.0.1:3000/v1/oauth/tidal/callback'],
      }),
    );
  },
};
