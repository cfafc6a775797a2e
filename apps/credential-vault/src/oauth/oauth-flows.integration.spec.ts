import type { AppError } from '@musicgen/error-codes';
import { platforms, type PlatformId, type Principal } from '@musicgen/platform-contracts';
import { newCall, newId } from '@musicgen/service-kit';
import { Closer, makePrincipal, type TestDatabase, type TestSandbox } from '@musicgen/testing';
import { createHash } from 'node:crypto';
import { callOf, makeRequest } from '../../test/factories';
import { openVault, type TestVault } from '../../test/vault';
import { CredentialsService } from '../credentials/credentials.service';
import { TokensService } from '../grants/tokens.service';
import { Disconnections } from './disconnections.service';
import { OAuthFlowsService } from './oauth-flows.service';

const redirectUri = 'http://127.0.0.1:3999/callback';
const publicUrl = 'http://127.0.0.1:3000';
const all = (Object.keys(platforms) as PlatformId[]).filter((id) => platforms[id].auth.type === 'oauth2');

let postgres: TestDatabase;
let sandbox: TestSandbox;
let vault: TestVault;
let flows: OAuthFlowsService;
let credentials: CredentialsService;
let tokens: TokensService;
let owner: Principal;

const closer = new Closer();
beforeAll(async () => {
  ({ postgres, sandbox, vault } = await openVault(closer));
  flows = vault.get(OAuthFlowsService);
  credentials = vault.get(CredentialsService);
  tokens = vault.get(TokensService);
});
afterAll(closer.close);
beforeEach(async () => {
  owner = makePrincipal({ mode: 'test' });
  await sandbox.control('DELETE', '/faults');
});

const clientFields = (id: PlatformId) => {
  const { auth } = platforms[id];
  if (auth.type !== 'oauth2') throw new Error(`${id} has no OAuth`);
  return auth.client;
};

/** A stored credential whose app is registered at the platform. */
async function store(platform: PlatformId = 'spotify', fields: Record<string, unknown> = {}, by = owner) {
  const app = await sandbox.register(platform, { redirect_uris: [redirectUri] });
  const { id: clientId, secret } = clientFields(platform);
  const own = { [clientId]: app.client_id, [secret]: app.client_secret, redirect_uri: redirectUri };
  const { id } = await credentials.create(callOf(by), {
    id: newId('cred'),
    platform,
    fields: { ...own, ...fields },
    activate: true,
  });
  return { id, clientId: app.client_id };
}

const start = (id: string, more: Partial<Parameters<OAuthFlowsService['start']>[1]> = {}, by = owner) =>
  flows.start(by, { id, public_url: publicUrl, ...more });

async function approved(id: string, more: Parameters<typeof start>[1] = {}) {
  const started = await start(id, more);
  const back = await sandbox.consent(started.authorize_url);
  return { ...started, code: back.searchParams.get('code')! };
}

const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const hasToken = async (id: string) => (await tokens.describe(owner, id)).access_token_present;

describe.each(all)('an authorisation at %s', (platform) => {
  it('ends with the tokens stored, and with the name of the account', async () => {
    const { id } = await store(platform);
    const { state, code, authorize_url, expires_at } = await approved(id);
    expect(authorize_url.startsWith(`${sandbox.url}/${platform}/`)).toBe(true);
    expect(Buffer.from(state, 'base64url')).toHaveLength(32);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(600_000);
    const connected = await flows.finish(newCall(), { platform, state, code });
    expect(connected).toMatchObject({ credential_id: id, platform, return_to: null });
    expect(connected.account).toMatch(/Ada|ada|^UC/);
    expect(connected.scopes).not.toHaveLength(0);
    expect(await tokens.issue(callOf(owner), { credentialId: id, kind: 'user' })).toMatchObject({
      platform,
      kind: 'user',
    });
    const { state: verdict, last_validated } = await credentials.get(owner, id);
    // Amazon's music API wants a device, too.
    expect([verdict, last_validated]).toEqual([platform === 'amazon_music' ? 'invalid' : 'valid', expect.any(String)]);
  });

  it('stores nothing when the user refuses, and needs a new start', async () => {
    const { id } = await store(platform);
    const { authorize_url, state } = await start(id);
    const { searchParams } = await sandbox.consent(authorize_url, { decision: 'deny' });
    const error = (searchParams.get('error') ?? searchParams.get('error_reason'))!;
    const refused = await failure(flows.finish(newCall(), { platform, state, error }));
    expect(refused.toWire()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', data: { platform } });
    expect(await hasToken(id)).toBe(false);
    expect((await failure(flows.finish(newCall(), { platform, state, code: 'any' }))).code).toBe('OAUTH_STATE_INVALID');
  });

  it('is finished by one of many callbacks that come at once', async () => {
    const { id } = await store(platform);
    const { state, code } = await approved(id);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        flows.finish(newCall(), { platform, state, code }).then(
          () => 'connected',
          (error: AppError) => error.code,
        ),
      ),
    );
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'OAUTH_STATE_INVALID'), 'connected']);
    expect(await hasToken(id)).toBe(true);
  });
});

describe('a state', () => {
  it('that nobody was given is of no use, and costs the platform no request', async () => {
    const { clientId } = await store();
    const error = await failure(
      flows.finish(newCall(), { platform: 'spotify', state: 'a'.repeat(43), code: 'stolen' }),
    );
    expect(error.code).toBe('OAUTH_STATE_INVALID');
    expect(await sandbox.requests({ client: clientId })).toEqual([]);
  });

  it('is too old after ten minutes', async () => {
    const { id } = await store();
    const { state, code } = await approved(id);
    await postgres.dataSource.query(
      `UPDATE oauth_flows SET expires_at = now() - interval '1 second' WHERE credential_id = $1`,
      [id],
    );
    expect((await failure(flows.finish(newCall(), { platform: 'spotify', state, code }))).code).toBe(
      'OAUTH_STATE_INVALID',
    );
    expect(await hasToken(id)).toBe(false);
  });

  it("is bound to the platform it was made for, and to its user's credential", async () => {
    const { id } = await store();
    const other = await store('tidal');
    const { state, code } = await approved(id);
    const stranger = makePrincipal({ mode: 'test' });
    const live = { ...owner, mode: 'live' as const };
    const codes = [
      await failure(flows.finish(newCall(), { platform: 'tidal', state, code })),
      await failure(flows.exchange(callOf(owner), { id: other.id, state, code })),
      await failure(flows.exchange(callOf(stranger), { id, state, code })),
      await failure(flows.exchange(callOf(live), { id, state, code })),
    ].map((error) => error.code);
    expect(codes).toEqual(['OAUTH_STATE_INVALID', 'OAUTH_STATE_INVALID', 'NOT_FOUND', 'NOT_FOUND']);
    expect(await flows.exchange(callOf(owner), { id, state, code })).toMatchObject({ credential_id: id });
  });

  it('needs the browser that it was given to, and waits for it', async () => {
    const { id } = await store();
    const hash = createHash('sha256').update('the browser').digest('hex');
    const other = createHash('sha256').update('another').digest('hex');
    const { state, code } = await approved(id, { browser_hash: hash, return_to: `${publicUrl}/credentials/${id}` });
    const platform = 'spotify';
    expect((await failure(flows.finish(newCall(), { platform, state, code }))).code).toBe('OAUTH_STATE_INVALID');
    const wrong = await failure(flows.finish(newCall(), { platform, state, code, browser_hash: other }));
    expect(wrong.code).toBe('OAUTH_STATE_INVALID');
    expect(await flows.finish(newCall(), { platform, state, code, browser_hash: hash })).toMatchObject({
      return_to: `${publicUrl}/credentials/${id}`,
    });
  });

  it('may be the app’s own; the same again replaces it, and somebody else’s is in use', async () => {
    const { id } = await store();
    const other = await store('tidal');
    const state = newId('req');
    await start(id, { state });
    expect((await failure(start(other.id, { state }))).code).toBe('CONFLICT');
    const { authorize_url } = await start(id, { state });
    const back = await sandbox.consent(authorize_url);
    expect(back.searchParams.get('state')).toBe(state);
    expect(await flows.exchange(callOf(owner), { id, state, code: back.searchParams.get('code')! })).toMatchObject({
      credential_id: id,
    });
  });

  it('of the app’s own ends with its user alone where no PKCE binds the code', async () => {
    const { id } = await store('deezer');
    const { state, code } = await approved(id, { state: newId('req') });
    expect((await failure(flows.finish(newCall(), { platform: 'deezer', state, code }))).code).toBe(
      'OAUTH_STATE_INVALID',
    );
    expect(await flows.exchange(callOf(owner), { id, state, code })).toMatchObject({ credential_id: id });
  });

  it('is stored as a hash, and the verifier sealed', async () => {
    const { id } = await store();
    const { state } = await start(id);
    const [row] = await postgres.dataSource.query(`SELECT * FROM oauth_flows WHERE credential_id = $1`, [id]);
    expect(JSON.stringify(row)).not.toContain(state);
    expect(row.verifier.length).toBeGreaterThan(60);
  });

  it('goes with its credential', async () => {
    const { id } = await store();
    const { state, code } = await approved(id);
    await credentials.delete(callOf(owner), id);
    expect((await failure(flows.finish(newCall(), { platform: 'spotify', state, code }))).code).toBe('NOT_FOUND');
  });
});

describe('the code', () => {
  it('of another flow does not pass: PKCE binds it to its start', async () => {
    const { id } = await store();
    const [mine, theirs] = [await approved(id), await approved(id)];
    const error = await failure(flows.finish(newCall(), { platform: 'spotify', state: mine.state, code: theirs.code }));
    expect(error.toWire()).toMatchObject({
      code: 'REAUTHORIZATION_REQUIRED',
      data: { upstream_code: 'invalid_grant' },
    });
    expect(await hasToken(id)).toBe(false);
  });

  it('is not exchanged when another issuer sent it', async () => {
    const { id } = await store('youtube_music');
    const { state, code } = await approved(id);
    const work = flows.finish(newCall(), { platform: 'youtube_music', state, code, iss: 'https://evil.example' });
    expect((await failure(work)).code).toBe('OAUTH_STATE_INVALID');
    expect(await hasToken(id)).toBe(false);
  });

  it('leaves nothing behind when the platform is down, and the next flow works', async () => {
    const { id, clientId } = await store();
    const first = await approved(id);
    await sandbox.control('POST', '/faults', {
      failure: 'html_error',
      platform: 'spotify',
      client: clientId,
      times: 1,
    });
    const error = await failure(flows.finish(newCall(), { platform: 'spotify', state: first.state, code: first.code }));
    expect(error.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(await hasToken(id)).toBe(false);
    const { state, code } = await approved(id);
    expect(await flows.finish(newCall(), { platform: 'spotify', state, code })).toMatchObject({ credential_id: id });
  });

  it('connects the account also when its name cannot be had', async () => {
    const { id } = await store();
    const { state, code } = await approved(id);
    await sandbox.control('POST', '/faults', { failure: 'html_error', platform: 'spotify', host: 'api', path: '*' });
    expect(await flows.finish(newCall(), { platform: 'spotify', state, code })).toMatchObject({ account: null });
    expect(await hasToken(id)).toBe(true);
  });
});

describe('a start', () => {
  it('takes the scopes of the request, else of the credential, else the usual ones', async () => {
    const { id } = await store('spotify', { scopes: ['user-read-email'] });
    const scopesOf = async (more = {}) => new URL((await start(id, more)).authorize_url).searchParams.get('scope');
    expect(await scopesOf()).toBe('user-read-email');
    expect(await scopesOf({ scopes: ['user-top-read', 'streaming'] })).toBe('user-top-read streaming');
    const usual = await store('spotify');
    const url = new URL((await start(usual.id)).authorize_url);
    expect(url.searchParams.get('scope')).toContain('user-read-recently-played');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('takes no redirect URI but the credential’s', async () => {
    const { id } = await store();
    const error = await failure(start(id, { redirect_uri: 'https://evil.example/callback' }));
    expect(error.data).toEqual({
      fields: [{ path: 'redirect_uri', problem: `must be the credential's: ${redirectUri}` }],
    });
    expect(await start(id, { redirect_uri: redirectUri })).toHaveProperty('authorize_url');
  });

  it('comes back to our own callback where the credential names none, unless the platform refuses that', async () => {
    const { id } = await store('spotify', { redirect_uri: undefined });
    const { authorize_url } = await start(id);
    expect(new URL(authorize_url).searchParams.get('redirect_uri')).toBe(`${publicUrl}/v1/oauth/spotify/callback`);
    const error = await failure(start(id, { public_url: 'http://localhost:3000' }));
    expect(error.details).toContain('must not be localhost: Spotify refuses it');
    const plain = await failure(start(id, { public_url: 'http://music.example.com' }));
    expect(plain.details).toContain('must be https');
  });

  it('is not for platforms without OAuth, nor for credentials without a client', async () => {
    const { id } = await credentials.create(callOf(owner), makeRequest({ platform: 'acrcloud' }));
    expect((await failure(start(id))).code).toBe('VALIDATION_FAILED');
    const bare = await credentials.create(callOf(owner), {
      id: newId('cred'),
      platform: 'tidal',
      fields: {},
      activate: false,
    });
    expect((await failure(start(bare.id))).toWire()).toMatchObject({
      code: 'CREDENTIAL_INVALID',
      data: { platform: 'tidal', reason: 'missing_field' },
    });
    expect((await failure(start(newId('cred')))).code).toBe('NOT_FOUND');
  });
});

describe('a shared client', () => {
  const admin = () => makePrincipal({ mode: 'test', role: 'admin' });

  it('connects the accounts of users who have none; their tokens are their own', async () => {
    const by = admin();
    const shared = await store('tidal', {}, by);
    await credentials.update(callOf(by), { id: shared.id, shared: true });
    const { id } = await credentials.create(callOf(owner), {
      id: newId('cred'),
      platform: 'tidal',
      fields: {},
      activate: true,
    });
    const { state, code, authorize_url } = await approved(id);
    expect(new URL(authorize_url).searchParams.get('client_id')).toBe(shared.clientId);
    await flows.finish(newCall(), { platform: 'tidal', state, code });
    expect(await hasToken(id)).toBe(true);
    expect((await tokens.describe(by, shared.id)).access_token_present).toBe(false);
    await credentials.delete(callOf(by), shared.id);
    expect((await failure(start(id))).code).toBe('CREDENTIAL_INVALID');
  });

  it('is an administrator’s to share, once per platform and mode, and has a client', async () => {
    const mine = await store('spotify');
    const refused = await failure(credentials.update(callOf(owner), { id: mine.id, shared: true }));
    expect(refused.code).toBe('INSUFFICIENT_PERMISSIONS');
    const by = admin();
    const [first, second] = [await store('spotify', {}, by), await store('spotify', {}, by)];
    const outcomes = await Promise.all(
      [first, second].map(({ id }) =>
        credentials.update(callOf(by), { id, shared: true }).then(
          ({ shared }) => shared,
          (error: AppError) => error.code,
        ),
      ),
    );
    expect(outcomes.toSorted()).toEqual(['CONFLICT', true]);
    const bare = await credentials.create(callOf(by), {
      id: newId('cred'),
      platform: 'tidal',
      fields: {},
      activate: false,
    });
    expect((await failure(credentials.update(callOf(by), { id: bare.id, shared: true }))).code).toBe(
      'VALIDATION_FAILED',
    );
  });
});

describe('disconnecting', () => {
  it('drops the tokens, keeps the client, and can be followed by a new consent', async () => {
    const { id } = await store();
    const first = await approved(id);
    await flows.finish(newCall(), { platform: 'spotify', state: first.state, code: first.code });
    const view = await vault.get(Disconnections).disconnect(callOf(owner), id);
    expect(view).toMatchObject({ id, state: 'unverified' });
    expect(view.fields.client_secret).toMatchObject({ set: true });
    expect(await hasToken(id)).toBe(false);
    const issue = tokens.issue(callOf(owner), { credentialId: id, kind: 'user' });
    expect((await failure(issue)).code).toBe('REAUTHORIZATION_REQUIRED');
    const { state, code } = await approved(id);
    await flows.finish(newCall(), { platform: 'spotify', state, code });
    expect(await hasToken(id)).toBe(true);
  });
});
