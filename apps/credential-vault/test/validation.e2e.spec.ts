import type { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  deleteCredential,
  validateFields,
  type ValidationReport,
} from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { until } from '@musicgen/testing';
import { registerApp, startVault, userOf, type RunningVault } from './running-vault';

let vault: RunningVault;
let user: ReturnType<typeof userOf>;

beforeAll(async () => void (vault = await startVault()));
afterAll(() => vault.close());
beforeEach(async () => {
  user = userOf(vault.client);
  await vault.sandbox.control('DELETE', '/faults');
});

const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const reasonsOf = ({ parts }: ValidationReport) => Object.fromEntries(parts.map(({ name, reason }) => [name, reason]));
const fail = (platform: string, name: string, more: object = {}) =>
  vault.sandbox.control('POST', '/faults', { platform, failure: name, ...more });

const app = (platform: string, facts?: object) => registerApp(vault, platform, facts);
async function appleFields() {
  const { clients } = await vault.sandbox.control('GET', '/clients?platform=apple_music');
  const [{ client_id, settings }] = clients;
  const [{ key_id, private_key }] = settings.keys;
  return { team_id: client_id, key_id, private_key };
}
async function acrcloudFields() {
  const key = { access_key: newId('key').slice(-26).toLowerCase() + 'aaaaaa', access_secret: 'secret-of-the-project' };
  const { client_id: account } = await vault.sandbox.register('acrcloud', { settings: { projects: [key] } });
  const { bearer_token } = await vault.sandbox.control('POST', '/acrcloud/tokens', { account });
  return {
    console: { base_url: 'https://api-eu-west-1.acrcloud.com', bearer_token },
    identify: {
      identify_host: 'identify-eu-west-1.acrcloud.com',
      identify_access_key: key.access_key,
      identify_access_secret: key.access_secret,
    },
  };
}

describe('validation', () => {
  it.each([
    ['spotify', ['user-read-private'], { app: 'ok', user: 'ok' }],
    ['tidal', ['user.read'], { app: 'ok', catalogue: 'ok', user: 'ok' }],
    ['youtube_music', ['https://www.googleapis.com/auth/youtube.readonly'], { oauth: 'ok' }],
  ])('proves each part of a good credential of %s', async (platform, scopes, parts) => {
    const { fields, tokens } = await app(platform);
    const { id } = await user.create(platform, { ...fields, ...(await tokens(scopes)) });
    const report = await user.validate(id);
    expect(report).toMatchObject({ valid: true });
    expect(reasonsOf(report)).toEqual(parts);
    expect(await user.get(id)).toMatchObject({
      state: 'valid',
      validation_error: null,
      last_validated: report.checked_at,
    });
  });

  it('says which part of a credential fails, why, and what to do', async () => {
    const { fields, tokens } = await app('youtube_music');
    const { id } = await user.create('youtube_music', {
      ...fields,
      ...(await tokens(['https://www.googleapis.com/auth/youtube.readonly'])),
      api_key: 'AIzaNobodyHasEverRegisteredThisKey00000',
    });
    const report = await user.validate(id);
    expect(report.valid).toBe(false);
    expect(report.parts).toEqual([
      expect.objectContaining({ name: 'api_key', valid: false, reason: 'invalid_api_key', upstream_status: 400 }),
      expect.objectContaining({ name: 'oauth', valid: true, reason: 'ok', upstream_status: 200 }),
    ]);
    expect(report.parts[0]?.remedy).toContain('Copy the key again');
    expect(await user.get(id)).toMatchObject({
      state: 'invalid',
      validation_error: 'api_key: The platform does not accept this key (invalid_api_key)',
    });
  });

  it('tells the login of Amazon from its music', async () => {
    const { fields, tokens } = await app('amazon_music', { mode: 'calls_refused' });
    const { id } = await user.create('amazon_music', {
      ...fields,
      device_id: 'device-1',
      ...(await tokens(['profile', 'music::profile:read'])),
    });
    expect(reasonsOf(await user.validate(id))).toEqual({ login: 'ok', music: 'api_not_enabled' });
  });

  it('signs the token of Apple itself, and names a key that cannot sign', async () => {
    const fields = await appleFields();
    const { music_user_token } = await vault.sandbox.control('POST', '/apple_music/music_user_tokens', { user: 'ada' });
    const { id } = await user.create('apple_music', { ...fields, music_user_token });
    expect(reasonsOf(await user.validate(id))).toEqual({ developer_token: 'ok', user: 'ok' });
    await vault.sandbox.control('POST', '/apple_music/music_user_tokens/revoke', { user: 'ada' });
    expect(reasonsOf(await user.validate(id))).toEqual({ developer_token: 'ok', user: 'token_revoked' });
    expect((await user.get(id)).state).toBe('needs_reauthorization');

    const private_key = '-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----';
    await user.change(id, { private_key });
    const broken = await user.validate(id);
    expect(reasonsOf(broken)).toEqual({ developer_token: 'malformed_field', user: 'unverifiable' });
    expect(broken.parts[0]?.remedy).toContain('private_key');
  });

  it('proves the two APIs of ACRCloud apart, with a signed second of silence only when asked', async () => {
    const { console, identify } = await acrcloudFields();
    const { id } = await user.create('acrcloud', { ...console, ...identify });
    const shallow = await user.validate(id);
    expect(shallow).toMatchObject({
      valid: true,
      parts: [
        { name: 'console', valid: true },
        { name: 'identify', valid: null },
      ],
    });
    expect(shallow.parts[1]?.remedy).toContain('deep=true');
    expect(await vault.sandbox.requests({ platform: 'acrcloud', host: 'identify' })).toHaveLength(0);
    expect(reasonsOf(await user.validate(id, true))).toEqual({ console: 'ok', identify: 'ok' });

    await user.change(id, { identify_access_secret: 'another' });
    expect(reasonsOf(await user.validate(id, true))).toEqual({ console: 'ok', identify: 'invalid_client' });
    // What only a deep check can say, a shallow one does not take back.
    await user.validate(id);
    expect((await user.get(id)).state).toBe('invalid');
  });

  it('searches only when asked to, because searches are counted', async () => {
    const api_key = `AIza${newId('key')}-0000`;
    await vault.sandbox.register('youtube_music', { settings: { api_keys: [{ key: api_key }] } });
    const { id } = await user.create('youtube_music', { api_key });
    expect(reasonsOf(await user.validate(id))).toEqual({ api_key: 'ok', oauth: 'unverifiable' });
    expect(reasonsOf(await user.validate(id, true))).toEqual({ api_key: 'ok', oauth: 'unverifiable', search: 'ok' });
    const searches = await vault.sandbox.requests({ platform: 'youtube_music', path: '/youtube/v3/search' });
    expect(searches).toHaveLength(1);
  });

  it("proves an administrator's shared client for those who have none of their own", async () => {
    const admin = userOf(vault.client, { role: 'admin' });
    const { fields } = await app('tidal');
    const lent = { id: newId('cred'), platform: 'tidal', fields, shared: true };
    await vault.client.call(createCredential, lent, admin.call());
    const { id } = await user.create('tidal', {});
    expect(reasonsOf(await user.validate(id))).toEqual({ app: 'ok', catalogue: 'ok', user: 'unverifiable' });
    await vault.client.call(deleteCredential, { id: lent.id }, admin.call());
    expect(reasonsOf(await user.validate(id))).toEqual({ user: 'unverifiable' });
  });

  it('needs no credential for what is public', async () => {
    const { id } = await user.create('deezer', {});
    const report = await user.validate(id);
    expect(report.valid).toBe(true);
    expect(reasonsOf(report)).toEqual({ public: 'ok', user: 'unverifiable' });
    await fail('deezer', 'region_closed');
    expect(reasonsOf(await user.validate(id))).toMatchObject({ public: 'region_unavailable' });
  });

  it('does not take what nobody could prove for good', async () => {
    const { id } = await user.create('deezer', { app_id: '654321', secret: '0123456789abcdef0123456789abcdef' });
    expect(await user.validate(id)).toMatchObject({ valid: false });
    expect((await user.get(id)).state).toBe('unverified');
  });

  it('takes a public client, which has no secret to prove', async () => {
    const { id } = await user.create('spotify', { client_id: '0123456789abcdef0123456789abcdef' });
    expect(reasonsOf(await user.validate(id))).toEqual({ user: 'unverifiable' });
  });

  it.each(['rate_limited', 'quota_exceeded', 'server_error', 'html_error', 'cut', 'malformed_json', 'empty_body'])(
    'leaves a good credential good when %s',
    async (trouble) => {
      const { fields, tokens } = await app('spotify');
      const { id } = await user.create('spotify', { ...fields, ...(await tokens(['user-read-private'])) });
      await user.validate(id);
      await fail('spotify', trouble, { host: 'api', path: '/v1/me' });
      const report = await user.validate(id);
      expect(report).toMatchObject({ valid: true, parts: [{ valid: true }, { name: 'user', valid: null }] });
      expect(await user.get(id)).toMatchObject({ state: 'valid', validation_error: expect.stringContaining('user:') });
    },
  );

  it('tells everybody of a change, and nobody of none', async () => {
    const jetstream = (await vault.nats.connect('admin')).connection.jetstream();
    const consumer = await jetstream.consumers.get('EVENTS', { filterSubjects: 'vault.v1.event.credential.>' });
    const { fields } = await app('spotify');
    const { id } = await user.create('spotify', fields);
    await user.validate(id);
    await user.validate(id);
    await user.change(id, { client_secret: 'wrong' });
    await user.validate(id);
    const told: string[] = [];
    await until(async () => {
      for await (const message of await consumer.fetch({ max_messages: 100, expires: 1_000 })) {
        const payload = message.json<Record<string, unknown>>();
        if (payload.credential_id === id)
          told.push(`${message.subject.split('.').at(-1)} ${payload.reason ?? ''}`.trim());
      }
      return told.some((line) => line.startsWith('invalid'));
    });
    expect(told).toEqual(['valid', 'invalid invalid_client']);
  });

  it('is of the owner, in his mode, and of nobody else', async () => {
    const { id } = await user.create('deezer', {});
    for (const stranger of [userOf(vault.client), userOf(vault.client, { ...user.principal, mode: 'live' })]) {
      expect((await failure(stranger.validate(id))).code).toBe('NOT_FOUND');
    }
  });
});

describe('the tokens of a user', () => {
  it('are renewed when they have ended, and the refresh token that comes back is kept', async () => {
    const { fields, tokens } = await app('spotify', { settings: { rotation: 'always', old_token: 'dies' } });
    const { id } = await user.create('spotify', { ...fields, ...(await tokens(['user-read-private'])) });
    for (let round = 1; round <= 3; round += 1) {
      await vault.sandbox.control('POST', '/tokens/expire', { platform: 'spotify', client: fields.client_id });
      expect(reasonsOf(await user.validate(id))).toEqual({ app: 'ok', user: 'ok' });
    }
    const asked = await vault.sandbox.requests({
      platform: 'spotify',
      client: fields.client_id,
      grant_type: 'refresh_token',
    });
    expect(asked).toHaveLength(3);
  });

  it('have ended for good when they cannot be renewed', async () => {
    const { fields, tokens } = await app('spotify');
    const { refresh_token: _, ...mine } = await tokens(['user-read-private']);
    const { id } = await user.create('spotify', { ...fields, ...mine });
    await vault.sandbox.control('POST', '/tokens/expire', { platform: 'spotify', client: fields.client_id });
    const report = await user.validate(id);
    expect(report).toMatchObject({ valid: false, parts: [{ valid: true }, { valid: false, reason: 'token_revoked' }] });
    expect((await user.get(id)).state).toBe('needs_reauthorization');
  });

  it('are not given up at the first refusal to renew them: that is for those who renew', async () => {
    const { fields, tokens } = await app('spotify');
    const { id } = await user.create('spotify', { ...fields, ...(await tokens(['user-read-private'])) });
    await vault.sandbox.control('POST', '/grants/revoke', { platform: 'spotify', client: fields.client_id });
    const report = await user.validate(id);
    expect(report.parts).toMatchObject([{ valid: true }, { valid: null, reason: 'token_expired' }]);
    expect((await user.get(id)).state).not.toBe('needs_reauthorization');
  });

  it('say nothing when the platform is away while they have to be renewed', async () => {
    const { fields, tokens } = await app('spotify');
    const { id } = await user.create('spotify', { ...fields, ...(await tokens(['user-read-private'])) });
    await user.validate(id);
    await vault.sandbox.control('POST', '/tokens/expire', { platform: 'spotify', client: fields.client_id });
    await fail('spotify', 'server_error', { host: 'accounts', grant_type: 'refresh_token' });
    const report = await user.validate(id);
    expect(report.parts).toMatchObject([{ valid: true }, { valid: null, reason: 'upstream_unavailable' }]);
    expect(['valid', 'refresh_failing']).toContain((await user.get(id)).state);
  });
});

it('no secret is in the log, whatever the platform answers', async () => {
  const { fields, tokens } = await app('spotify');
  const mine = { ...fields, ...(await tokens(['user-read-private'])) };
  const { id } = await user.create('spotify', mine);
  const api_key = 'AIzaCanaryCanaryCanaryCanaryCanaryCanary';
  const google = await user.create('youtube_music', { api_key });
  for (const trouble of ['server_error', 'cut', 'cut_body', 'malformed_json', 'html_error', 'unauthorized']) {
    await fail('spotify', trouble);
    await user.validate(id);
    await vault.sandbox.control('DELETE', '/faults');
  }
  const report = await user.validate(google.id);
  expect(JSON.stringify(report)).not.toContain(api_key);
  expect((await user.get(google.id)).validation_error).not.toContain(api_key);
  const log = vault.processes.map((process) => process.output()).join('');
  expect(log).toContain('started');
  for (const secret of [mine.client_secret, mine.access_token, mine.refresh_token, api_key]) {
    expect(log).not.toContain(secret);
  }
});

describe('a credential that changes while it is validated', () => {
  const holdOnce = async () => {
    const { id } = await fail('spotify', 'hold', { host: 'accounts', times: 1 });
    return {
      asked: () => until(async () => (await vault.sandbox.control('GET', `/faults/${id}`)).held === 1),
      release: () => vault.sandbox.control('POST', `/faults/${id}/release`),
    };
  };

  it('gets the verdict of what it is, never of what it was', async () => {
    const { fields } = await app('spotify');
    const { id } = await user.create('spotify', fields);
    const hold = await holdOnce();
    const report = user.validate(id);
    await hold.asked();
    await user.change(id, { client_secret: 'wrong' });
    await hold.release();
    expect(reasonsOf(await report)).toMatchObject({ app: 'invalid_client' });
    expect((await user.get(id)).state).toBe('invalid');
  });

  it('is not found when it was deleted', async () => {
    const { fields } = await app('spotify');
    const { id } = await user.create('spotify', fields);
    const hold = await holdOnce();
    const report = failure(user.validate(id));
    await hold.asked();
    await vault.client.call(deleteCredential, { id }, user.call());
    await hold.release();
    expect((await report).code).toBe('NOT_FOUND');
  });
});

describe('fields that are not stored', () => {
  const check = (platform: string, fields: Record<string, unknown>) =>
    vault.client.call(validateFields, { platform, fields }, user.call());

  it('are validated like those that are, and leave nothing behind', async () => {
    const { fields, tokens } = await app('spotify');
    const good = await check('spotify', { ...fields, ...(await tokens(['user-read-private'])) });
    expect(good).toMatchObject({ valid: true });
    expect(reasonsOf(good)).toEqual({ app: 'ok', user: 'ok' });
    expect(reasonsOf(await check('spotify', { ...fields, client_secret: 'wrong' }))).toMatchObject({
      app: 'invalid_client',
    });
    const [{ count }] = await vault.postgres.dataSource.query(
      `SELECT count(*)::int AS count FROM credentials WHERE user_id = $1`,
      [user.principal.user_id],
    );
    expect(count).toBe(0);
  });

  it('never spend a refresh token, also when the access token has ended', async () => {
    const { fields, tokens } = await app('spotify', { settings: { rotation: 'always' } });
    const mine = await tokens(['user-read-private']);
    await vault.sandbox.control('POST', '/tokens/expire', { platform: 'spotify', client: fields.client_id });
    const report = await check('spotify', { ...fields, ...mine });
    expect(reasonsOf(report)).toEqual({ app: 'ok', user: 'token_expired' });
    const asked = await vault.sandbox.requests({
      platform: 'spotify',
      client: fields.client_id,
      grant_type: 'refresh_token',
    });
    expect(asked).toEqual([]);
  });

  it('are refused by name when they do not fit', async () => {
    const error = await failure(check('spotify', { client_secret: 'x', extra: 1 }));
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.details).toContain('fields.client_id');
    expect(error.details).toContain('fields.extra');
  });
});
