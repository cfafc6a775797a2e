import { until } from '@musicgen/testing';
import { startBackEnd, type BackEnd } from './back-end';
import { client, newUser, type Client } from './client';

interface OAuthPlatform {
  platform: string;
  name: string;
  fields: [id: string, secret: string];
  refreshes: boolean;
}

const platforms: OAuthPlatform[] = [
  { platform: 'spotify', name: 'Spotify', fields: ['client_id', 'client_secret'], refreshes: true },
  { platform: 'youtube_music', name: 'YouTube Music', fields: ['client_id', 'client_secret'], refreshes: true },
  { platform: 'amazon_music', name: 'Amazon Music', fields: ['client_id', 'client_secret'], refreshes: true },
  { platform: 'tidal', name: 'Tidal', fields: ['client_id', 'client_secret'], refreshes: true },
  { platform: 'deezer', name: 'Deezer', fields: ['app_id', 'secret'], refreshes: false },
];
const permissions = ['credentials:read', 'credentials:write', 'credentials:token'];

let backEnd: BackEnd;
let ask: Client;

beforeAll(async () => {
  backEnd = await startBackEnd();
  ask = await newUser(backEnd.url, 'connecting', 'test', permissions);
});
afterAll(() => backEnd?.stop());

/** An app at the platform, and a credential with it. */
async function store({ platform, fields: [id, secret] }: OAuthPlatform) {
  const redirect_uri = `${backEnd.url}/v1/oauth/${platform}/callback`;
  const app = await backEnd.sandbox.register(platform, { redirect_uris: [redirect_uri] });
  const fields = { [id]: app.client_id, [secret]: app.client_secret, redirect_uri };
  const { status, body } = await ask('POST', '/v1/credentials', { platform, fields, activate: true });
  expect({ status, body }).toMatchObject({ status: 201, body: { state: 'unverified' } });
  return { id: body.id as string, clientId: app.client_id };
}

/** Through the consent page, and back to our callback as a browser gets there. */
async function authorise(id: string, more: object = {}) {
  const started = await ask('POST', `/v1/credentials/${id}/oauth/start`, more);
  expect(started.status).toBe(200);
  const back = await backEnd.sandbox.consent(started.body.authorize_url);
  return client(backEnd.url)('GET', back.pathname + back.search);
}

const token = (id: string, body: object = {}) => ask('POST', `/v1/credentials/${id}/token`, body);

describe.each(platforms)('an account at $platform', (row) => {
  const { platform, name, refreshes } = row;

  it('is connected, used, renewed, lost, connected again, and disconnected', async () => {
    const { id, clientId } = await store(row);
    expect((await token(id)).body.error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', data: { platform } });

    const page = await authorise(id);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.body).toContain(`${name} is connected`);

    const first = await token(id);
    const renewed = await ask('POST', `/v1/credentials/${id}/refresh`);
    expect(renewed.status).toBe(refreshes ? 200 : 409);
    const second = await ask('POST', `/v1/platforms/${platform}/token`, {});
    expect(first).toMatchObject({ status: 200, body: { credential_id: id, platform, token_type: 'Bearer' } });
    expect(second.body.credential_id).toBe(id);
    expect(second.body.access_token === first.body.access_token).toBe(!refreshes);
    const { body: info } = await ask('GET', `/v1/credentials/${id}/token`);
    expect(info).toMatchObject({ access_token_present: true, refresh_token_present: refreshes, expired: false });
    expect(JSON.stringify(info)).not.toContain(second.body.access_token);

    await backEnd.sandbox.control('POST', '/grants/revoke', { platform, client: clientId });
    await lose(id, second.body.version);
    const lost = await token(id, { rejected: second.body.version });
    expect(lost).toMatchObject({ status: 409, body: { error: { code: 'REAUTHORIZATION_REQUIRED' } } });

    expect((await authorise(id, { show_dialog: true })).status).toBe(200);
    expect((await ask('GET', `/v1/credentials/${id}`)).body.state).not.toBe('needs_reauthorization');
    expect((await token(id)).status).toBe(200);

    expect((await ask('DELETE', `/v1/credentials/${id}/token`)).status).toBe(204);
    expect((await token(id)).body.error.code).toBe('REAUTHORIZATION_REQUIRED');
    expect((await ask('DELETE', `/v1/credentials/${id}`)).status).toBe(204);
  });

  /** The platform's word is taken only when it is repeated minutes later: here they pass at once. */
  async function lose(id: string, version: number) {
    if (!refreshes) return;
    await token(id, { rejected: version });
    await until(async () => {
      await backEnd.database.dataSource.query(
        `UPDATE grants SET refused_since = refused_since - interval '5 minutes', next_attempt_at = now()
         WHERE credential_id = $1`,
        [id],
      );
      await ask('POST', `/v1/credentials/${id}/refresh`);
      return (await ask('GET', `/v1/credentials/${id}`)).body.state === 'needs_reauthorization';
    }, 'the credential to need a new consent');
  }
});

describe('a callback', () => {
  const spotify = platforms[0]!;

  it('tells people on a page, and programs in JSON, that its state is of no use', async () => {
    const path = `/v1/oauth/spotify/callback?code=x&state=${'a'.repeat(43)}`;
    const page = await client(backEnd.url)('GET', path);
    expect(page.status).toBe(400);
    expect(page.body).toContain('OAUTH_STATE_INVALID');
    const answer = await fetch(backEnd.url + path, { headers: { accept: 'application/json' } });
    expect(await answer.json()).toMatchObject({ error: { code: 'OAUTH_STATE_INVALID' } });
  });

  it('that comes a second time changes nothing', async () => {
    const { id } = await store(spotify);
    const { body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, {});
    const back = await backEnd.sandbox.consent(body.authorize_url);
    const path = back.pathname + back.search;
    const statuses = [await client(backEnd.url)('GET', path), await client(backEnd.url)('GET', path)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 400]);
    expect((await token(id)).status).toBe(200);
  });

  it('says whose account it is, and cannot be made to say more', async () => {
    await backEnd.sandbox.control('POST', '/users', {
      id: 'mallory',
      name: '<script>alert(1)</script>',
      email: 'm@x.example',
    });
    const { id } = await store(spotify);
    const { body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, {});
    const back = await backEnd.sandbox.consent(body.authorize_url, { user: 'mallory' });
    const page = await client(backEnd.url)('GET', back.pathname + back.search);
    expect(page.body).toContain('&lt;script&gt;');
    expect(page.body).not.toContain('<script>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('finishes at the app’s own redirect page with an exchange', async () => {
    const app = await backEnd.sandbox.register('tidal', { redirect_uris: ['https://app.example/back'] });
    const fields = {
      client_id: app.client_id,
      client_secret: app.client_secret,
      redirect_uri: 'https://app.example/back',
    };
    const { body: credential } = await ask('POST', '/v1/credentials', { platform: 'tidal', fields });
    const state = 'the-apps-own-state';
    const { body } = await ask('POST', `/v1/credentials/${credential.id}/oauth/start`, { state });
    const back = await backEnd.sandbox.consent(body.authorize_url);
    expect(back.origin).toBe('https://app.example');
    expect(back.searchParams.get('state')).toBe(state);
    const finish = { code: back.searchParams.get('code'), state };
    const path = `/v1/credentials/${credential.id}/oauth/exchange`;
    expect(await ask('POST', path, finish)).toMatchObject({
      status: 200,
      body: { platform: 'tidal', account: 'ada@sandbox.example' },
    });
    expect((await ask('POST', path, finish)).body.error.code).toBe('OAUTH_STATE_INVALID');
  });
});

it('lets no secret into a log', () => {
  expect(backEnd.vault.output()).not.toMatch(/BQ[A-Za-z0-9_-]{40}|Atz[ar]\||ya29\.|client_secret=/);
});
