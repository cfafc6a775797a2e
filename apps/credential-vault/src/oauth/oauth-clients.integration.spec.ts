import type { Mode, PlatformId } from '@musicgen/platform-contracts';
import { platforms } from '@musicgen/platform-contracts';
import { Upstream } from '@musicgen/service-kit';
import { startTestSandbox, type TestSandbox } from '@musicgen/testing';
import { randomBytes } from 'node:crypto';
import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client';
import { Clock } from '../clock';
import type { PlatformClient } from './oauth-client';
import { OAuthClients } from './oauth-clients';
import type { PlatformRefused } from './platform-refused';

const redirectUri = 'http://127.0.0.1:3999/callback?app=1';
const all = (Object.keys(platforms) as PlatformId[]).filter((id) => platforms[id].auth.type === 'oauth2');
const refreshing = all.filter((id) => grants(id).includes('refresh_token'));
const appOnly = all.filter((id) => grants(id).includes('client_credentials'));

let sandbox: TestSandbox;
let oauth: OAuthClients;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  oauth = new OAuthClients(new Upstream(sandbox.url), new Clock());
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control('DELETE', '/faults'));

function grants(id: PlatformId): readonly string[] {
  const { auth } = platforms[id];
  return auth.type === 'oauth2' ? auth.grants : [];
}

async function makeClient(id: PlatformId, facts: object = {}, mode: Mode = 'test'): Promise<PlatformClient> {
  const app = await sandbox.register(id, { redirect_uris: [redirectUri], ...facts });
  const platform = platforms[id] as PlatformClient['platform'];
  return { platform, mode, id: app.client_id, secret: app.client_secret, fields: {} };
}

/** Through the consent page, and back with a code. */
async function authorise(client: PlatformClient) {
  const { auth } = client.platform;
  const verifier = auth.pkce === 'S256' ? randomPKCECodeVerifier() : undefined;
  const state = randomBytes(32).toString('base64url');
  const url = oauth.authorizeUrl(client, {
    redirectUri,
    scopes: auth.scopes.default,
    state,
    codeChallenge: verifier && (await calculatePKCECodeChallenge(verifier)),
  });
  const back = await sandbox.consent(url);
  expect(back.searchParams.get('state')).toBe(state);
  return { code: back.searchParams.get('code')!, verifier, redirectUri };
}

async function refusal(work: Promise<unknown>): Promise<PlatformRefused> {
  return work.then(
    () => Promise.reject(new Error('was expected to be refused')),
    (error: PlatformRefused) => error,
  );
}

describe.each(all)('the OAuth client of %s', (id) => {
  it('brings a code home, which works once', async () => {
    const client = await makeClient(id);
    const exchange = await authorise(client);
    const tokens = await oauth.exchange(client, exchange);
    expect(tokens.accessToken).toMatch(/./);
    expect(tokens.refreshToken === undefined).toBe(!refreshing.includes(id));
    if (tokens.expiresAt) expect(tokens.expiresAt.getTime()).toBeGreaterThan(Date.now() + 3_000_000);

    const again = await refusal(oauth.exchange(client, exchange));
    expect(['token_revoked', 'reauth_required']).toContain(again.refusal.reason);
    expect(again.refusal.mayHaveBeenDone).toBe(false);
    expect(again.toAppError()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', data: { platform: id } });
  });

  it('is told when the client is not known, without a secret in the error', async () => {
    const client = await makeClient(id);
    const exchange = await authorise(client);
    const error = await refusal(oauth.exchange({ ...client, secret: 'canary-of-the-secret' }, exchange));
    expect(error.refusal).toMatchObject({ reason: 'invalid_client', mayHaveBeenDone: false });
    expect(error.toAppError().code).toBe('CREDENTIAL_INVALID');
    expect(JSON.stringify(error)).not.toMatch(/canary|sorry/);
  });

  it('does not reach the platform in test mode when there is no sandbox', async () => {
    const nowhere = new OAuthClients(new Upstream(undefined), new Clock());
    const client = await makeClient(id);
    const error = await nowhere.exchange(client, { code: 'c', redirectUri }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each([
    ['html_error', { reason: 'upstream_unavailable', mayHaveBeenDone: true }],
    ['cut', { reason: 'network_error', mayHaveBeenDone: true }],
  ])('knows that it does not know when the platform answers with %s', async (failure, expected) => {
    const client = await makeClient(id);
    const exchange = await authorise(client);
    await sandbox.control('POST', '/faults', { failure, platform: id, client: client.id });
    const error = await refusal(oauth.exchange(client, exchange));
    expect(error.refusal).toMatchObject(expected);
  });

  it('honours the time that the platform asks for', async () => {
    const client = await makeClient(id);
    const exchange = await authorise(client);
    await sandbox.control('POST', '/faults', {
      failure: 'custom',
      status: 429,
      headers: { 'retry-after': '17' },
      platform: id,
      client: client.id,
    });
    const error = await refusal(oauth.exchange(client, exchange));
    expect(error.refusal).toMatchObject({ reason: 'rate_limited', retryAfterSeconds: 17, mayHaveBeenDone: false });
    expect(error.toAppError()).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 17 });
  });
});

describe.each(refreshing)('a refresh at %s', (id) => {
  it('brings another access token, and no refresh token where the old one stays', async () => {
    const client = await makeClient(id, { settings: { rotation: 'never' } });
    const first = await oauth.exchange(client, await authorise(client));
    const second = await oauth.refresh(client, first.refreshToken!);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.refreshToken).toBeUndefined();
  });

  it('brings the new refresh token of a platform that rotates', async () => {
    const client = await makeClient(id, { settings: { rotation: 'always' } });
    const first = await oauth.exchange(client, await authorise(client));
    const second = await oauth.refresh(client, first.refreshToken!);
    expect(second.refreshToken).toMatch(/./);
    expect(second.refreshToken).not.toBe(first.refreshToken);
  });

  it('takes an empty refresh token for none', async () => {
    const client = await makeClient(id, { settings: { rotation: 'empty' } });
    const first = await oauth.exchange(client, await authorise(client));
    expect((await oauth.refresh(client, first.refreshToken!)).refreshToken).toBeUndefined();
  });

  it('is told when the user has taken his grant back', async () => {
    const client = await makeClient(id);
    const { refreshToken } = await oauth.exchange(client, await authorise(client));
    await sandbox.control('POST', '/grants/revoke', { platform: id, client: client.id });
    const error = await refusal(oauth.refresh(client, refreshToken!));
    expect(error.refusal).toMatchObject({ reason: 'token_revoked', upstream_status: 400, mayHaveBeenDone: false });
  });

  it.each(['cut', 'empty_body', 'malformed_json'])(
    'may have spent the token when all that comes is %s',
    async (failure) => {
      const client = await makeClient(id);
      const { refreshToken } = await oauth.exchange(client, await authorise(client));
      await sandbox.control('POST', '/faults', { failure, platform: id, client: client.id, when: 'after' });
      expect((await refusal(oauth.refresh(client, refreshToken!))).refusal.mayHaveBeenDone).toBe(true);
    },
  );
});

it.each(appOnly)('gets a token for the app itself at %s', async (id) => {
  const { accessToken, refreshToken } = await oauth.clientCredentials(await makeClient(id));
  expect(accessToken).toMatch(/./);
  expect(refreshToken).toBeUndefined();
});

describe('a platform where grants can be ended', () => {
  const [id] = all.filter((id) => (platforms[id] as PlatformClient['platform']).auth.revoke) as [PlatformId];

  it('ends it with its token', async () => {
    const client = await makeClient(id);
    const { refreshToken } = await oauth.exchange(client, await authorise(client));
    await oauth.revoke(client, refreshToken!);
    expect((await refusal(oauth.refresh(client, refreshToken!))).refusal.reason).toBe('token_revoked');
    const again = await refusal(oauth.revoke(client, refreshToken!));
    expect(again.refusal.mayHaveBeenDone).toBe(false);
  });
});

it('asks for the consent page again only when it is told to', async () => {
  const client = await makeClient('spotify');
  const request = { redirectUri, scopes: [], state: 'a state', codeChallenge: 'c'.repeat(43) };
  const url = (showDialog?: boolean) => new URL(oauth.authorizeUrl(client, { ...request, showDialog })).searchParams;
  expect(url().has('show_dialog')).toBe(false);
  expect(url(true).get('show_dialog')).toBe('true');
});
