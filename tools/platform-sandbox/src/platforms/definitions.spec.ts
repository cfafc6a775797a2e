import { fillRequest, platforms, type PlatformDefinition } from '@musicgen/platform-contracts';
import { SandboxClient, withQuery } from '../../test/sandbox-client';
import { registeredPlatforms } from './registry';

let sandbox: SandboxClient;
beforeAll(async () => void (sandbox = await SandboxClient.start()));
afterAll(() => sandbox.close());

const all: [string, PlatformDefinition][] = Object.entries(platforms);
const find = (id: string) => registeredPlatforms.find((platform) => platform.id === id);

describe.each(all)('%s', (id, definition) => {
  const names = [...Object.keys(definition.hosts), ...Object.keys(definition.hostFields ?? {})];

  it('has every host of its definition, by name and as it is called in the world', () => {
    const hosts = find(id)?.hosts ?? {};
    expect(Object.keys(hosts)).toEqual(expect.arrayContaining(names));
    for (const [name, origin] of Object.entries(definition.hosts)) {
      expect(Object.keys(hosts[name]?.realNames ?? {})).toContain(new URL(origin).hostname);
    }
  });

  it('has every address that the definition names', async () => {
    const { auth } = definition;
    const endpoints = auth.type === 'oauth2' ? [auth.authorize, auth.token, auth.revoke] : [];
    const probed = definition.probes.flatMap(({ request }) =>
      'host' in request ? [fillRequest(request, values)] : [],
    );
    for (const { host, path } of [...endpoints, ...probed].filter((endpoint) => endpoint !== undefined)) {
      const routes = find(id)?.hosts[host]?.routes ?? [];
      const segments = path.split('/');
      const fits = (pattern: string[]) =>
        pattern.length === segments.length &&
        pattern.every((part, at) => part.startsWith(':') || part === segments[at]);
      expect([path, routes.some((route) => fits(route.path.split('/')))]).toEqual([path, true]);
    }
  });

  it('knows every scope of its definition', async () => {
    const { auth } = definition;
    if (auth.type !== 'oauth2') return;
    const redirectUri = 'http://127.0.0.1/callback';
    const { client_id } = await sandbox.register(id, { redirect_uris: [redirectUri] });
    const page = await sandbox.get(
      withQuery(`/${id}/${auth.authorize.host}${auth.authorize.path}`, {
        response_type: 'code',
        redirect_uri: redirectUri,
        client_id,
        [auth.dialect === 'deezer' ? 'app_id' : 'client_id']: client_id,
        [auth.dialect === 'deezer' ? 'perms' : 'scope']: auth.scopes.known.join(auth.scopes.separator),
        ...(auth.pkce === 'S256' && { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }),
      }),
    );
    expect(page.status).toBe(200);
  });
});

const values = {
  access_token: 'x',
  app_token: 'x',
  developer_token: 'x',
  bearer_token: 'x',
  container_id: '1',
  country_code: 'US',
  api_key: 'x',
};
