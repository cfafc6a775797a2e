import { makeClient } from '../../clients';
import { json } from '../../http/answer';
import type { SandboxPlatform } from '../../platform';
import { stableHex } from '../../state/random';
import { accountsRoutes, spotifyTokens } from './accounts';
import { audioFeatureRoutes } from './audio-features';
import { catalogueRoutes } from './catalogue-routes';
import { personalRoutes } from './personal';
import { playlistRoutes } from './playlists';
import { apiError, spotifyFailures } from './problems';
import { spotifyAccount, spotifyModes, spotifySettings } from './settings';

/** accounts.spotify.com and api.spotify.com. */
export const spotify: SandboxPlatform = {
  id: 'spotify',
  displayName: 'Spotify',
  hosts: {
    accounts: {
      realNames: { 'accounts.spotify.com': undefined },
      routes: accountsRoutes,
      notFound: () => json(404, { error: 'not_found' }),
    },
    api: {
      realNames: { 'api.spotify.com': undefined },
      routes: [...personalRoutes, ...playlistRoutes, ...catalogueRoutes, ...audioFeatureRoutes],
      notFound: () => apiError(404, 'Service not found'),
    },
  },
  modes: spotifyModes,
  settings: spotifySettings,
  account: spotifyAccount,
  failures: spotifyFailures,
  oauth: spotifyTokens,
  seed: (world) => {
    const redirectUris = ['http://127.0.0.1:3000/v1/oauth/spotify/callback'];
    for (const mode of spotifyModes) {
      const clientId = stableHex(`spotify:client:${mode}`, 32);
      const clientSecret = stableHex(`spotify:secret:${mode}`, 32);
      world.clients.put(
        makeClient(spotify, { clientId, clientSecret, mode, name: `Sandbox App (${mode})`, redirectUris }),
      );
    }
  },
};
