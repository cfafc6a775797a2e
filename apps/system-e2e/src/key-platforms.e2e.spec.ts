import { startBackEnd, type BackEnd } from './back-end';
import { newUser, type Client } from './client';

let backEnd: BackEnd;
let ask: Client;

beforeAll(async () => {
  backEnd = await startBackEnd();
  ask = await newUser(backEnd.url, 'keys', 'test', ['credentials:read', 'credentials:write', 'credentials:token']);
});
afterAll(() => backEnd?.stop());

async function store(platform: string, fields: object): Promise<string> {
  const { status, body } = await ask('POST', '/v1/credentials', { platform, fields, activate: true });
  expect({ status, body }).toMatchObject({ status: 201, body: { state: 'unverified' } });
  return body.id as string;
}
/** The verdict on each part, and the state that comes of it. */
async function validate(id: string) {
  const { status, body } = await ask('POST', `/v1/credentials/${id}/validate?deep=true`);
  expect(status).toBe(200);
  const parts = body.parts.map(({ name, reason }: { name: string; reason: string }) => [name, reason]);
  return { ...Object.fromEntries(parts), state: (await ask('GET', `/v1/credentials/${id}`)).body.state };
}

describe('a key of Apple Music', () => {
  it('is proven, signs tokens, loses its user, and gets him back', async () => {
    const { clients } = await backEnd.sandbox.control('GET', '/clients?platform=apple_music');
    const [{ client_id: team_id, settings }] = clients;
    const [{ key_id, private_key }] = settings.keys;
    const newUserToken = async () => {
      const made = await backEnd.sandbox.control('POST', '/apple_music/music_user_tokens', { user: 'ada' });
      return made.music_user_token as string;
    };
    const id = await store('apple_music', { team_id, key_id, private_key, music_user_token: await newUserToken() });
    expect(await validate(id)).toEqual({ developer_token: 'ok', user: 'ok', state: 'valid' });

    const first = await ask('POST', `/v1/credentials/${id}/token`, {});
    expect(first).toMatchObject({ status: 200, body: { platform: 'apple_music', token_type: 'Bearer' } });
    const authorization = `Bearer ${first.body.access_token}`;
    const proof = await fetch(`${backEnd.sandbox.url}/apple_music/api/v1/test`, { headers: { authorization } });
    expect(proof.status).toBe(200);
    const renewed = await ask('POST', `/v1/platforms/apple_music/token`, { rejected: first.body.version });
    expect(renewed.status).toBe(200);
    expect(renewed.body.version).toBeGreaterThan(first.body.version);

    await backEnd.sandbox.control('POST', '/apple_music/music_user_tokens/revoke', { user: 'ada' });
    expect(await validate(id)).toEqual({
      developer_token: 'ok',
      user: 'token_revoked',
      state: 'needs_reauthorization',
    });
    const fields = { music_user_token: await newUserToken() };
    expect((await ask('PATCH', `/v1/credentials/${id}`, { fields })).body.state).toBe('unverified');
    expect(await validate(id)).toMatchObject({ user: 'ok', state: 'valid' });
    expect((await ask('DELETE', `/v1/credentials/${id}`)).status).toBe(204);
    expect((await ask('POST', `/v1/credentials/${id}/token`, {})).body.error.code).toBe('NOT_FOUND');
  });
});

describe('an account at ACRCloud', () => {
  it('is proven by both its APIs, loses one of them, and gets it back; there is no token to be had', async () => {
    const [access_key, access_secret] = ['0123456789abcdef0123456789abcdef', 'the secret of the project'];
    const settings = { projects: [{ access_key, access_secret }] };
    const { client_id: account } = await backEnd.sandbox.register('acrcloud', { settings });
    const newBearer = async () => (await backEnd.sandbox.control('POST', '/acrcloud/tokens', { account })).bearer_token;
    const id = await store('acrcloud', {
      base_url: 'https://api-eu-west-1.acrcloud.com',
      bearer_token: await newBearer(),
      identify_host: 'identify-eu-west-1.acrcloud.com',
      identify_access_key: access_key,
      identify_access_secret: access_secret,
    });
    expect(await validate(id)).toEqual({ console: 'ok', identify: 'ok', state: 'valid' });
    const token = await ask('POST', `/v1/credentials/${id}/token`, {});
    expect(token).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_FAILED' } } });

    await backEnd.sandbox.control('POST', '/acrcloud/tokens/revoke', { account });
    const lost = await validate(id);
    expect(lost).toMatchObject({ identify: 'ok', state: 'invalid' });
    expect((lost as Record<string, unknown>).console).not.toBe('ok');
    const { body } = await ask('GET', `/v1/credentials/${id}`);
    expect(body.validation_error).toContain('console');
    await ask('PATCH', `/v1/credentials/${id}`, { fields: { bearer_token: await newBearer() } });
    expect(await validate(id)).toEqual({ console: 'ok', identify: 'ok', state: 'valid' });
  });
});
