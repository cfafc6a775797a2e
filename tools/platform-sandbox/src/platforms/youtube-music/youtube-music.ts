import { makeClient } from '../../clients';
import { empty } from '../../http/answer';
import type { SandboxPlatform } from '../../platform';
import { stableText } from '../../state/random';
import { dataApiRoutes } from './data-api';
import { accountsRoutes, googleTokens, notFound, oauthRoutes } from './google-oauth';
import { youtubeFailures } from './problems';
import { findApiKey, googleSettings, platform, youtubeAccount } from './settings';

/** Google's accounts and the YouTube Data API. */
export const youtubeMusic: SandboxPlatform = {
  id: platform,
  displayName: 'YouTube Music',
  hosts: {
    accounts: { realNames: { 'accounts.google.com': undefined }, routes: accountsRoutes, notFound },
    oauth: { realNames: { 'oauth2.googleapis.com': undefined }, routes: oauthRoutes, notFound },
    api: {
      realNames: { 'www.googleapis.com': undefined, 'youtube.googleapis.com': undefined },
      routes: dataApiRoutes,
      notFound: () => empty(404),
    },
  },
  modes: ['production', 'testing'],
  settings: googleSettings,
  account: youtubeAccount,
  failures: youtubeFailures,
  oauth: googleTokens,
  whoCalls: (call, world) => {
    const key = call.query.get('key') ?? call.header('x-goog-api-key');
    const found = key && call.header('authorization') === undefined ? findApiKey(key, world) : undefined;
    return found && { client: found.client.clientId, user: null };
  },
  seed: (world) => {
    for (const mode of ['production', 'testing']) {
      world.clients.put(
        makeClient(youtubeMusic, {
          clientId: `123456789012-${stableText(`google:client:${mode}`, 32).toLowerCase()}.apps.googleusercontent.com`,
          clientSecret: `GOCSPX-${stableText(`google:secret:${mode}`, 28)}`,
          name: `Sandbox App (${mode})`,
          mode,
          redirectUris: ['http://127.0.0.1:3000/v1/oauth/youtube_music/callback'],
          settings: { apiKeys: [{ key: `AIza${stableText(`google:key:${mode}`, 35)}` }] },
        }),
      );
    }
  },
};
