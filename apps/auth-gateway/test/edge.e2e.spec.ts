import { expectError, type Ask } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

/** A gateway with other settings while the work lasts. */
async function withSettings(env: Record<string, string>, work: (ask: Ask) => Promise<void>): Promise<void> {
  const second = await gateway.startSecond(env);
  try {
    await work(second.ask);
  } finally {
    await second.stop();
  }
}

describe('behind a proxy that speaks https', () => {
  const settings = { PUBLIC_URL: 'https://music.example.com', TRUSTED_PROXIES: '127.0.0.1' };
  const https = { 'x-forwarded-proto': 'https' };
  const http = { 'x-forwarded-proto': 'http' };

  it('answers what came over https, sends on what only reads, and refuses the rest', () =>
    withSettings(settings, async (ask) => {
      const { token } = await gateway.register();
      const secure = await ask('GET /v1/user/profile', { headers: https });
      expectError(secure, 'AUTHENTICATION_REQUIRED');
      expect(secure.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
      for (const headers of [http, {}] as Record<string, string>[]) {
        const sent = await ask('GET /v1/models?limit=1', { headers, token });
        expect([sent.status, sent.headers.get('location')]).toEqual([
          308,
          'https://music.example.com/v1/models?limit=1',
        ]);
        expect((await ask('HEAD /v1/models', { headers })).status).toBe(308);
        for (const route of ['POST /v1/auth/login', 'PUT /v1/user/profile', 'DELETE /v1/nothing'])
          expectError(await ask(route, { headers, token, raw: '{' }), 'HTTPS_REQUIRED');
      }
    }));

  it('answers probes over http', () =>
    withSettings(settings, async (ask) => {
      expect((await ask('GET /health/live')).status).toBe(200);
      expect((await ask('GET /metrics')).status).toBe(200);
    }));

  it('believes nobody but the proxy about https', () =>
    withSettings({ ...settings, TRUSTED_PROXIES: '203.0.113.1' }, async (ask) => {
      expectError(await ask('POST /v1/auth/login', { headers: https }), 'HTTPS_REQUIRED');
    }));
});

describe('pages of other origins', () => {
  const origin = 'https://app.example.com';
  const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' };
  const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

  it('may not call the API unless they are named', async () => {
    const { token } = await gateway.register();
    expect(corsHeaders((await gateway.ask('GET /v1/user/profile', { token, headers: { origin } })).headers)).toEqual(
      [],
    );
    const answer = await gateway.ask('OPTIONS /v1/user/profile', { headers: preflight });
    expectError(answer, 'NOT_FOUND');
    expect(corsHeaders(answer.headers)).toEqual([]);
  });

  it('that are named may, with keys and tokens, and see limits and request ids also of errors', () =>
    withSettings({ CORS_ORIGINS: `${origin}, https://other.example` }, async (ask) => {
      const asked = await ask('OPTIONS /v1/generate', { headers: preflight });
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
      expect(asked.headers.get('access-control-allow-headers')!.toLowerCase()).toContain('x-api-key');
      const refused = await ask('GET /v1/user/profile', { headers: { origin } });
      expectError(refused, 'AUTHENTICATION_REQUIRED');
      expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
      expect(refused.headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining');
      expect(refused.headers.get('vary')).toContain('Origin');
    }));

  it('are never sent the cookie, and others see nothing', () =>
    withSettings({ CORS_ORIGINS: origin }, async (ask) => {
      const { headers } = await ask('GET /v1/user/profile', { headers: { origin } });
      expect(headers.has('access-control-allow-credentials')).toBe(false);
      const stranger = await ask('GET /v1/user/profile', { headers: { origin: 'https://evil.example' } });
      expect(stranger.headers.has('access-control-allow-origin')).toBe(false);
    }));
});

describe('the documentation', () => {
  it('still works under its own policy, framed by nobody', async () => {
    const page = await gateway.ask('GET /docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'.*frame-ancestors 'none'/);
    expect((await gateway.ask('GET /docs/assets/start.js')).status).toBe(200);
  });
});
