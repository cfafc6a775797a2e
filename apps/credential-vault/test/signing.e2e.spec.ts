import type { AppError } from '@musicgen/error-codes';
import { describeToken, issueTokenToUser, makeSignature } from '@musicgen/platform-contracts';
import { newId, RpcClient } from '@musicgen/service-kit';
import { startVault, userOf, type RunningVault } from './running-vault';

let vault: RunningVault;
let connector: RpcClient;
let user: ReturnType<typeof userOf>;
const contract = makeSignature.of('acrcloud');

beforeAll(async () => {
  vault = await startVault();
  connector = new RpcClient(await vault.nats.connect('acrcloud'), 'acrcloud');
});
afterAll(() => vault.close());
beforeEach(() => void (user = userOf(vault.client)));

const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );

/** A project at the platform, and the credential's fields for it. */
async function project() {
  const [access_key, access_secret] = [newId('key').slice(-16), `secret-${newId('key')}`];
  await vault.sandbox.register('acrcloud', { settings: { projects: [{ access_key, access_secret }] } });
  return {
    identify_host: 'identify-eu-west-1.acrcloud.com',
    identify_access_key: access_key,
    identify_access_secret: access_secret,
  };
}

describe('a signature', () => {
  it('of the active credential is accepted by the platform, and shows nothing of the secret', async () => {
    const fields = await project();
    const { id } = await user.create('acrcloud', fields, true);
    const answer = await connector.call(contract, {}, user.call());
    const { credential_id, fields: hosts, ...signed } = answer;
    expect(credential_id).toBe(id);
    expect(hosts).toEqual({ identify_host: fields.identify_host });
    expect(JSON.stringify(answer)).not.toContain(fields.identify_access_secret);

    const sample = new Uint8Array(1_000);
    const body = new FormData();
    for (const [name, value] of Object.entries(signed)) body.set(name, value);
    body.set('sample_bytes', String(sample.length));
    body.set('sample', new Blob([sample]), 'sample');
    const url = `${vault.sandbox.url}/acrcloud/identify/v1/identify`;
    const { status } = (await (await fetch(url, { method: 'POST', body })).json()) as { status: { code: number } };
    expect([0, 1001, 2004]).toContain(status.code);
  });

  it('is made for the named credential, of its owner, in his mode, and of that platform', async () => {
    const { id } = await user.create('acrcloud', await project());
    expect(await connector.call(contract, { credential_id: id, data_type: 'fingerprint' }, user.call())).toMatchObject({
      credential_id: id,
      data_type: 'fingerprint',
    });
    expect((await failure(connector.call(contract, {}, user.call()))).code).toBe('NO_ACTIVE_CREDENTIAL');
    const strangers = [userOf(vault.client), userOf(vault.client, { ...user.principal, mode: 'live' })];
    for (const stranger of strangers) {
      const error = await failure(connector.call(contract, { credential_id: id }, stranger.call()));
      expect(error.code).toBe('NOT_FOUND');
    }
    const other = await user.create('deezer', {});
    expect((await failure(connector.call(contract, { credential_id: other.id }, user.call()))).code).toBe('NOT_FOUND');
  });

  it('names the fields that are missing', async () => {
    const base = { base_url: 'https://api-eu-west-1.acrcloud.com', bearer_token: 'eyJ.eyJ.sig' };
    await user.create('acrcloud', base, true);
    const error = await failure(connector.call(contract, {}, user.call()));
    expect(error).toMatchObject({ code: 'CREDENTIAL_INVALID', data: { reason: 'missing_field' } });
    expect(error.details).toContain('identify_access_secret');
  });

  it('is for those who may use the platform', async () => {
    await user.create('acrcloud', await project(), true);
    const reader = userOf(vault.client, { ...user.principal, permissions: ['credentials:read'] });
    expect((await failure(connector.call(contract, {}, reader.call()))).code).toBe('INSUFFICIENT_PERMISSIONS');
  });
});

describe('the developer token of a platform without OAuth', () => {
  const wish = (id: string, more: object = {}) => ({ credential_id: id, ...more });

  async function team() {
    const { clients } = await vault.sandbox.control('GET', '/clients?platform=apple_music');
    const [{ client_id, settings }] = clients;
    const [{ key_id, private_key }] = settings.keys;
    return { team_id: client_id, key_id, private_key };
  }
  const ask = (token: string) =>
    fetch(`${vault.sandbox.url}/apple_music/api/v1/test`, { headers: { authorization: `Bearer ${token}` } });

  it('is issued like any access token, and the platform accepts it', async () => {
    const { id } = await user.create('apple_music', await team(), true);
    const byId = await vault.client.call(issueTokenToUser, wish(id), user.call());
    expect(byId).toMatchObject({ credential_id: id, platform: 'apple_music', kind: 'app', token_type: 'Bearer' });
    expect(byId.expires_in).toBeGreaterThan(3_600);
    expect((await ask(byId.access_token)).status).toBe(200);
    const active = await vault.client.call(issueTokenToUser, { platform: 'apple_music' }, user.call());
    expect(active.access_token).toBe(byId.access_token);
    const info = await vault.client.call(describeToken, { id }, user.call());
    expect(info).toMatchObject({ access_token_present: true, expires_at: byId.expires_at, expired: false });
    expect(JSON.stringify(info)).not.toContain(byId.access_token);
  });

  it('comes with the day on which the user has to sign in again, half a year after his token was pasted', async () => {
    const describe = (id: string) => vault.client.call(describeToken, { id }, user.call());
    const { id } = await user.create('apple_music', await team());
    expect(await describe(id)).toMatchObject({ consented_at: null, reauth_due_at: null });
    await user.change(id, { music_user_token: 'a token that the user’s browser got' });
    const { reauth_due_at } = await describe(id);
    const days = (Date.parse(reauth_due_at!) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(180);
    expect(days).toBeLessThan(185);
    await user.change(id, { music_user_token: null });
    expect(await describe(id)).toMatchObject({ consented_at: null, reauth_due_at: null });
    const pasted = await user.create('apple_music', { ...(await team()), music_user_token: 'another one' });
    expect((await describe(pasted.id)).reauth_due_at).not.toBeNull();
  });

  it('is not issued for a key that cannot sign', async () => {
    const private_key = '-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----';
    const { id } = await user.create('apple_music', { ...(await team()), private_key });
    const error = await failure(vault.client.call(issueTokenToUser, wish(id), user.call()));
    expect(error).toMatchObject({ code: 'CREDENTIAL_INVALID', data: { reason: 'malformed_field' } });
  });

  it('is of the owner, with the permission', async () => {
    const { id } = await user.create('apple_music', await team());
    expect((await failure(vault.client.call(issueTokenToUser, wish(id), userOf(vault.client).call()))).code).toBe(
      'NOT_FOUND',
    );
    const reader = userOf(vault.client, { ...user.principal, permissions: ['credentials:read'] });
    const error = await failure(vault.client.call(issueTokenToUser, wish(id), reader.call()));
    expect(error.code).toBe('INSUFFICIENT_PERMISSIONS');
  });
});
