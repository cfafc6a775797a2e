import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { SandboxClient, startOfTest } from '../../../test/sandbox-client';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const now = startOfTest / 1000;
const day = 86_400;

let apple: SandboxClient;
beforeAll(async () => {
  apple = await SandboxClient.start();
  await register();
});
afterAll(() => apple.close());

const register = (key: object = {}, settings: object = {}) =>
  apple.control('POST', '/clients', {
    platform: 'apple_music',
    client_id: 'TEAM123456',
    settings: {
      keys: [{ key_id: 'KEY1234567', public_key: publicKey.export({ type: 'spki', format: 'pem' }), ...key }],
      ...settings,
    },
  });

interface TokenFacts {
  key?: KeyObject;
  header?: Record<string, string>;
  claims?: Record<string, unknown>;
}

const sign = ({ key = privateKey, header, claims }: TokenFacts = {}) =>
  new SignJWT({ iss: 'TEAM123456', iat: now, exp: now + 180 * day, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'KEY1234567', ...header })
    .sign(key);

const test = async (token: string, headers: Record<string, string> = {}) =>
  apple.get('/apple_music/api/v1/test', { authorization: `Bearer ${token}`, ...headers });

async function personal(user: string, account: object = {}) {
  await apple.control('PATCH', `/users/${user}`, { accounts: { apple_music: account } });
  const { music_user_token } = await apple.control('POST', '/apple_music/music_user_tokens', { user });
  const headers = { authorization: `Bearer ${await sign()}`, 'music-user-token': music_user_token };
  return apple.get('/apple_music/api/v1/me/storefront', headers);
}

describe('the developer token', () => {
  it('is accepted when a registered key signed it, for at most six months', async () => {
    expect((await test(await sign())).status).toBe(200);
  });

  it.each<[string, TokenFacts]>([
    ['another key signed it', { key: stranger }],
    ['its key id is unknown', { header: { kid: 'XXXXXXXXXX' } }],
    ['its team is unknown', { claims: { iss: 'XXXXXXXXXX' } }],
    ['it has expired', { claims: { exp: now - 1 } }],
    ['it lives for six months to the second', { claims: { exp: now + 15_777_000 } }],
    ['it does not expire', { claims: { exp: undefined } }],
    ['it is from the future', { claims: { iat: now + 3600 } }],
    ['it is for a web page elsewhere', { claims: { origin: ['https://a.example'] } }],
  ])('is refused with an empty 401 when %s', async (_, facts) => {
    expect(await test(await sign(facts))).toMatchObject({ status: 401, text: '' });
  });

  it('is refused when one character of it was changed, or there is none', async () => {
    const token = await sign();
    const [head, body, signature = ''] = token.split('.');
    const other = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await test(other)).status).toBe(401);
    expect((await test(token.slice(0, -5))).status).toBe(401);
    expect((await test('a.b.c')).status).toBe(401);
    expect((await apple.get('/apple_music/api/v1/test')).status).toBe(401);
  });

  it('is good for its own web page', async () => {
    const token = await sign({ claims: { origin: ['https://a.example'] } });
    expect((await test(token, { origin: 'https://a.example' })).status).toBe(200);
  });

  it('ends when its key is revoked, or was never for music', async () => {
    await register({ is_revoked: true });
    expect((await test(await sign())).status).toBe(401);
    await register({ has_music_kit: false });
    expect((await test(await sign())).status).toBe(401);
    await register();
  });

  it('is accepted from the key that a new sandbox has', async () => {
    const { settings } = await apple.control('GET', '/clients/apple_music/SANDBOXTEA');
    expect(settings.keys[0].private_key).toContain('BEGIN PRIVATE KEY');
  });
});

describe('the Music User Token', () => {
  it("opens the user's storefront", async () => {
    const { status, json } = await personal('ben');
    expect([status, json.data.length, json.data[0].id]).toEqual([200, 1, 'de']);
  });

  it.each([
    ['the subscription is missing', { subscription: 'none' }, 401, undefined],
    ['the privacy notice was not accepted', { has_accepted_privacy_notice: false }, 403, '40301'],
    ['the subscription is too small', { subscription: 'voice' }, 400, '40015'],
  ])('is not enough when %s', async (_, account, status, code) => {
    const reply = await personal('cleo', { subscription: 'yes', has_accepted_privacy_notice: true, ...account });
    expect([reply.status, reply.json?.errors[0].code]).toEqual([status, code]);
  });

  it('ends after six months, and when it is revoked', async () => {
    const { music_user_token } = await apple.control('POST', '/apple_music/music_user_tokens', { user: 'ada' });
    const ask = async (claims = {}) => {
      const headers = { authorization: `Bearer ${await sign({ claims })}`, 'music-user-token': music_user_token };
      return apple.get('/apple_music/api/v1/me/storefront', headers);
    };
    expect((await ask()).status).toBe(200);
    await apple.advance('185d');
    const later = { iat: now + 185 * day, exp: now + 186 * day };
    expect((await ask(later)).json.errors[0]).toMatchObject({
      status: '403',
      code: '40300',
      detail: 'Invalid authentication',
    });
    await apple.control('DELETE', '/clock');
    await apple.control('POST', '/apple_music/music_user_tokens/revoke', { user: 'ada' });
    expect((await ask()).status).toBe(403);
  });
});

describe('the catalogue', () => {
  it('is searched, by storefront', async () => {
    const authorization = `Bearer ${await sign()}`;
    const get = (path: string) => apple.get(`/apple_music/api/v1/catalog${path}`, { authorization });
    const found = (await get('/us/search?term=the&types=songs&limit=10')).json.results.songs;
    expect(found.data).toHaveLength(10);
    expect((await apple.get(`/apple_music/api${found.next}`, { authorization })).status).toBe(200);
    const byIsrc = (await get(`/us/songs?filter[isrc]=${found.data[0].attributes.isrc}`)).json.data;
    expect(byIsrc).toEqual([found.data[0]]);
    expect((await get('/xx/search?term=the')).status).toBe(404);
  });

  it('limits requests without saying for how long', async () => {
    await register({}, { requests_per_minute: 1 });
    const token = await sign();
    await test(token);
    const { status, headers } = await test(token);
    expect([status, headers.get('retry-after')]).toEqual([429, null]);
    await register();
  });
});
