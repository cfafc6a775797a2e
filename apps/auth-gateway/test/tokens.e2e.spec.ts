import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JWTPayload,
} from 'jose';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const profile = (token: string) => gateway.ask('GET /v1/user/profile', { token });
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the published keys', () => {
  it('verify a token without asking the gateway about it, and hold no private half', async () => {
    const { token, user } = await gateway.register();
    const { body, headers } = await gateway.ask('GET /.well-known/jwks.json');
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(body as never), {
      issuer: gateway.url,
      audience: 'musicgen',
      typ: 'at+jwt',
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({ sub: user.id, sid: expect.stringMatching(/^sess_/), mode: 'live', tier: 'free' });
    expect(payload.exp! - payload.iat!).toBe(3600);
    expect(Object.keys(payload)).toEqual(expect.arrayContaining(['jti', 'nbf', 'permissions']));
    expect(JSON.stringify(body)).not.toContain('"d":');
    expect(headers.get('cache-control')).toBe('public, max-age=600');
  });

  it('hold the next key before it signs', async () => {
    const { body } = await gateway.ask('GET /.well-known/jwks.json');
    expect(body.keys).toHaveLength(2);
  });
});

describe('an access token', () => {
  it('is refused when it is none', async () => {
    for (const text of ['x', 'a.b.c', 'x'.repeat(9000), base64({}), `${base64({ alg: 'none' })}.${base64({})}.`]) {
      expectError(await profile(text), 'INVALID_TOKEN');
    }
  });

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Basic dXNlcjpwYXNz', 'Token x', ''])(
    'is missing where the header is %j',
    async (authorization) => {
      const answer = await gateway.ask('GET /v1/user/profile', { headers: { authorization } });
      expectError(answer, 'INVALID_TOKEN', 'Authorization is not "Bearer <token>"');
    },
  );

  it('may be announced in any case', async () => {
    const { token } = await gateway.register();
    const answer = await gateway.ask('GET /v1/user/profile', { headers: { authorization: `bearer  ${token}` } });
    expect(answer.status).toBe(200);
  });

  it('is refused without a signature, whatever it says of itself', async () => {
    const { token } = await gateway.register();
    const [head, claims] = token.split('.') as [string, string];
    const none = base64({ ...decodeProtectedHeader(token), alg: 'none' });
    for (const forged of [`${none}.${claims}.`, `${head}.${claims}.`])
      expectError(await profile(forged), 'INVALID_TOKEN');
  });

  it('is refused when somebody else signed it, by whatever algorithm', async () => {
    const { token } = await gateway.register();
    const header = decodeProtectedHeader(token) as { alg: string; kid: string };
    const claims = decodeJwt(token);
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = (await gateway.ask('GET /.well-known/jwks.json')).text;
    const sign = (payload: JWTPayload, head: object, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(payload).setProtectedHeader(head as never).sign(key);
    const forged = [
      await sign(claims, header, privateKey),
      await sign(claims, { ...header, kid: 'mine' }, privateKey),
      await sign(claims, { ...header, jwk: publicKey }, privateKey).catch(() => 'x.y.z'),
      // The classic mix-up: the published key taken for a shared secret.
      await sign(claims, { ...header, alg: 'HS256' }, new TextEncoder().encode(jwks)),
    ];
    for (const text of forged) {
      const answer = await profile(text);
      expectError(answer, 'INVALID_TOKEN');
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="musicgen", error="invalid_token", error_description="[^"]+"$/,
      );
    }
  });

  it('is refused when a letter of it is another', async () => {
    const { token } = await gateway.register();
    expect((await profile(token)).status).toBe(200);
    for (const at of [5, token.indexOf('.') + 5, token.lastIndexOf('.') + 5]) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expectError(await profile(token.slice(0, at) + other + token.slice(at + 1)), 'INVALID_TOKEN');
    }
  });

  it('says which algorithm signs it by configuration alone', async () => {
    const secret = 'a secret of at least thirty-two bytes';
    const gatewayOfSecret = await gateway.startSecond({ JWT_ALGORITHM: 'HS256', JWT_SECRET: secret });
    try {
      const { email, token: other } = await gateway.register();
      const { body } = await gatewayOfSecret.ask('POST /v1/auth/login', {
        body: { email, password: 'correct horse battery' },
      });
      const token = body.access_token;
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'HS256' });
      expect((await gatewayOfSecret.ask('GET /v1/user/profile', { token })).status).toBe(200);
      expect((await gatewayOfSecret.ask('GET /.well-known/jwks.json')).body).toEqual({ keys: [] });
      expectError(await gatewayOfSecret.ask('GET /v1/user/profile', { token: other }), 'INVALID_TOKEN');
      const claims = { ...decodeJwt(token), exp: Math.floor(Date.now() / 1000) - 1 };
      const expired = await new SignJWT(claims)
        .setProtectedHeader(decodeProtectedHeader(token) as never)
        .sign(new TextEncoder().encode(secret));
      const answer = await gatewayOfSecret.ask('GET /v1/user/profile', { token: expired });
      expectError(answer, 'TOKEN_EXPIRED', expect.stringMatching(/^Token expired at \d{4}-/));
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    } finally {
      await gatewayOfSecret.stop();
    }
  });
});
