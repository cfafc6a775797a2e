import { root } from '@musicgen/testing';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** `src/platforms/napster.platform.ts`: all that the system is told of it. */
const definition = `
import { definePlatform, oauth2 } from './definition';
import { format, list, optional, redirectUri, secret, text } from './fields';

const scopes = { default: ['read'], known: ['read', 'write'] };

/** Invented. */
export const napster = definePlatform({
  id: 'napster',
  displayName: 'Napster',
  kind: 'streaming',
  link: 'https://napster.example',
  developerUrl: 'https://developer.napster.example',
  hosts: { accounts: 'https://accounts.napster.example', api: 'https://api.napster.example' },
  auth: oauth2({
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    authorize: { host: 'accounts', path: '/authorize' },
    token: { host: 'accounts', path: '/token' },
    scopes,
    authorizeParams: { theme: 'dark' },
  }),
  credential: {
    client_id: optional(text({ label: 'Client ID', hint: format(/^nap_/, 'usually starts with nap_') })),
    client_secret: optional(secret({ label: 'Client secret' })),
    tenant: text({ label: 'Tenant', example: 'eu', problem: format(/^[a-z]{2}$/, 'must be two letters') }),
    redirect_uri: optional(redirectUri()),
    scopes: optional(list({ label: 'Scopes', options: scopes.known })),
  },
  together: [['client_id', 'client_secret']],
  probes: [
    { name: 'app', proves: 'The client', needs: ['client_id', 'client_secret'], request: { grant: 'client_credentials' } },
    {
      name: 'user',
      proves: 'The grant',
      needs: ['access_token'],
      request: { host: 'api', path: '/{tenant}/me', headers: { Authorization: 'Bearer {access_token}' } },
    },
  ],
  codeAt: ['problem.code'],
  failures: [{ part: 'user', codes: ['BANNED'], reason: 'account_problem', remedy: 'Ask Napster to lift the ban.' }],
});
`;

/** \`src/platforms/napster/napster.ts\` of the sandbox. */
const sandboxPlatform = `
import { z } from 'zod';
import { makeClient } from '../../clients';
import { json, text } from '../../http/answer';
import { get, post } from '../../http/route';
import { authorizeRoutes } from '../../oauth/authorize';
import { tokenEndpoint } from '../../oauth/token-endpoint';
import type { TokenRules } from '../../oauth/token-rules';
import { tokenSettings } from '../../oauth/token-settings';
import type { SandboxPlatform } from '../../platform';
import { randomText } from '../../state/random';

const tokens: TokenRules = {
  platform: 'napster',
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  allowsPublicClients: false,
  problem: (problem) =>
    json(400, { error: /client|secret/.test(problem) ? 'invalid_client' : 'invalid_grant', error_description: problem }),
  makeToken: () => randomText(40),
  givesRefreshToken: () => true,
  answer: ({ access, refresh, expiresInSeconds }) =>
    json(200, {
      access_token: access.id,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ...(refresh !== undefined && { refresh_token: refresh }),
    }),
};

export const napster: SandboxPlatform = {
  id: 'napster',
  displayName: 'Napster',
  hosts: {
    accounts: {
      realNames: { 'accounts.napster.example': undefined },
      routes: [
        ...authorizeRoutes('/authorize', {
          platform: 'napster',
          brand: 'Napster',
          clientParams: ['client_id'],
          scopeParams: ['scope'],
          separator: / +/,
          check: (_params, client) => (client ? undefined : { page: 'Unknown app' }),
          denied: { error: 'access_denied' },
          asksAgain: () => false,
          makeCode: () => randomText(20),
        }),
        post('/token', (call, world) => tokenEndpoint(call, world, tokens)),
      ],
      notFound: () => text(404, 'Not Found'),
    },
    api: {
      realNames: { 'api.napster.example': undefined },
      routes: [
        get('/:tenant/me', (call, world) =>
          world.liveToken('napster', call.bearer()) ? json(200, { id: 1 }) : json(401, { problem: { code: 'TOKEN' } }),
        ),
      ],
      notFound: () => json(404, {}),
    },
  },
  modes: ['any'],
  settings: tokenSettings,
  account: z.object({}),
  failures: { banned: { about: 'A ban', host: 'api', answer: () => json(403, { problem: { code: 'BANNED' } }) } },
  oauth: tokens,
  seed: (world) => void world.clients.put(makeClient(napster, { clientId: 'nap_seeded' })),
};
`;

/** What the vault and the sandbox are built of. */
const sources = [
  '.swcrc',
  'tsconfig.base.json',
  'tools/build',
  'tools/platform-sandbox',
  'apps/credential-vault',
  'libs/error-codes',
  'libs/platform-contracts',
  'libs/service-kit',
];

/** A copy of the repository in which somebody has followed the recipe: two files and two lines. Settles with its folder. */
export async function addPlatform(): Promise<string> {
  const copy = await fs.mkdtemp(path.join(os.tmpdir(), 'eighth-platform-'));
  await Promise.all(
    sources.map((source) =>
      fs.cp(path.join(root, source), path.join(copy, source), {
        recursive: true,
        filter: (file) => !file.includes('node_modules'),
      }),
    ),
  );
  await fs.symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));

  const contracts = path.join(copy, 'libs/platform-contracts/src/platforms');
  await fs.writeFile(path.join(contracts, 'napster.platform.ts'), definition);
  await fs.appendFile(path.join(contracts, 'registry.ts'), `export { napster } from './napster.platform';\n`);

  const sandbox = path.join(copy, 'tools/platform-sandbox/src/platforms');
  await fs.mkdir(path.join(sandbox, 'napster'));
  await fs.writeFile(path.join(sandbox, 'napster/napster.ts'), sandboxPlatform);
  const registry = await fs.readFile(path.join(sandbox, 'registry.ts'), 'utf8');
  const extended = registry.replace(/(= \[\n)/, '$1  napster,\n');
  await fs.writeFile(path.join(sandbox, 'registry.ts'), `import { napster } from './napster/napster';\n${extended}`);

  for (const project of ['apps/credential-vault', 'tools/platform-sandbox']) {
    await promisify(execFile)(process.execPath, ['tools/build/build.mjs', project], { cwd: copy });
  }
  return copy;
}
