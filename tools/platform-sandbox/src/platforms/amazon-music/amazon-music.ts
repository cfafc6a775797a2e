import { makeClient } from '../../clients';
import { text } from '../../http/answer';
import type { SandboxPlatform } from '../../platform';
import { stableHex } from '../../state/random';
import { amazonTokens, loginRoutes, wwwRoutes } from './login';
import { v1Routes, v2Routes } from './music';
import { amazonFailures, v1Error, v2Error } from './problems';
import { amazonAccount, amazonModes, amazonSettings, platform } from './settings';

/** Login with Amazon, and the two generations of the Amazon Music Web API. */
export const amazonMusic: SandboxPlatform = {
  id: platform,
  displayName: 'Amazon Music',
  hosts: {
    www: { realNames: { 'www.amazon.com': undefined }, routes: wwwRoutes, notFound: () => text(404, 'Not Found') },
    login: {
      realNames: { 'api.amazon.com': 'NA', 'api.amazon.co.uk': 'EU', 'api.amazon.co.jp': 'FE' },
      routes: loginRoutes,
      notFound: () => text(404, 'Not Found'),
    },
    music: {
      realNames: { 'api.music.amazon.com': undefined },
      routes: v2Routes,
      notFound: () => v2Error(404, 'NOT_FOUND', 'Not found'),
    },
    music_v1: {
      realNames: { 'api.music.amazon.dev': undefined },
      routes: v1Routes,
      notFound: () => v1Error(404, 'RESOURCE_NOT_FOUND', 'Not found'),
    },
  },
  modes: amazonModes,
  settings: amazonSettings,
  account: amazonAccount,
  failures: amazonFailures,
  oauth: amazonTokens,
  seed: (world) => {
    for (const mode of amazonModes) {
      world.clients.put(
        makeClient(amazonMusic, {
          clientId: `amzn1.application-oa2-client.${stableHex(`amazon:client:${mode}`, 32)}`,
          clientSecret: `amzn1.oa2-cs.v1.${stableHex(`amazon:secret:${mode}`, 64)}`,
          name: `Sandbox App (${mode})`,
          mode,
          redirectUris: ['http://127.0.0.1:3000/v1/oauth/amazon_music/callback'],
          settings: { securityProfileId: `amzn1.application.${stableHex(`amazon:profile:${mode}`, 32)}` },
        }),
      );
    }
  },
};
