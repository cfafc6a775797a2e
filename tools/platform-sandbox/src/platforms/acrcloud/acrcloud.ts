import { makeClient } from '../../clients';
import { z } from 'zod';
import type { SandboxPlatform } from '../../platform';
import { stableHex, stableText } from '../../state/random';
import { sendDueCallbacks } from './callbacks';
import { allScopes, mintConsoleToken } from './console-token';
import { containerRoutes } from './containers';
import { acrcloudControl } from './control';
import { fileRoutes } from './files';
import { findProject, identifyRoutes } from './identify';
import { acrcloudFailures, consoleProblems } from './problems';
import { tables } from './rows';
import { acrcloudSettings, platform, regions } from './settings';

const byRegion = (name: (region: string) => string) =>
  Object.fromEntries(regions.map((region) => [name(region), region]));
const domain = (region: string) => (region.startsWith('cn') ? 'acrcloud.cn' : 'acrcloud.com');
const notFound = () => consoleProblems.notFound;

/** Two APIs that know nothing of each other's keys. A client is an account, with projects and containers in it. */
export const acrcloud: SandboxPlatform = {
  id: platform,
  displayName: 'ACRCloud',
  hosts: {
    console: {
      realNames: {
        'api-v2.acrcloud.com': undefined,
        'eu-api-v2.acrcloud.com': undefined,
        'us-api-v2.acrcloud.com': undefined,
        'cn-api-v2.acrcloud.cn': undefined,
      },
      routes: containerRoutes,
      notFound,
    },
    files: {
      realNames: byRegion((region) => `api-${region}.${domain(region)}`),
      routes: [...containerRoutes, ...fileRoutes],
      notFound,
    },
    identify: {
      realNames: byRegion((region) => `identify-${region}.${domain(region)}`),
      routes: identifyRoutes,
      // The npm library `acrcloud` sends one too many, and signs without it.
      mergesSlashes: true,
      notFound,
    },
  },
  modes: ['account'],
  settings: acrcloudSettings,
  account: z.object({}),
  failures: acrcloudFailures,
  whoCalls: async (call, world) => {
    const key = call.target.host === 'identify' ? (await call.multipart())?.get('access_key') : undefined;
    const found = typeof key === 'string' ? findProject(key, world) : undefined;
    return found && { client: found.client.clientId, user: null };
  },
  tick: sendDueCallbacks,
  control: acrcloudControl,
  seed: (world) => {
    const [accessKey, accessSecret] = [stableHex('acrcloud:key', 32), stableText('acrcloud:secret', 40)];
    const settings = { projects: [{ accessKey, accessSecret }] };
    const account = makeClient(acrcloud, { clientId: '70001', clientSecret: null, name: 'Sandbox Account', settings });
    world.clients.put(account);
    mintConsoleToken(account, allScopes, undefined, world);
    tables.containers(world).put({
      id: '10001',
      account: account.clientId,
      name: 'Sandbox Container',
      region: 'eu-west-1',
      audioType: 'linein',
      buckets: [{ id: 23, name: 'ACRCloud Music' }],
      engine: 3,
      policy: { type: 'traverse', interval: 0, rec_length: 10 },
      callbackUrl: null,
      flags: { deepright: false, music_detection: true, ai_detection: true },
      createdAt: world.clock.now(),
    });
  },
};
