import { ERRORS } from '@musicgen/error-codes';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const get = (path: string, headers?: Record<string, string>) => gateway.ask(`GET ${path}`, { headers });

it('shows the API at /docs, with scripts and styles of its own only', async () => {
  const page = await get('/docs');
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<div id="docs">') });
  const policy = page.headers.get('content-security-policy')!;
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path]) => new URL(path!, `${gateway.url}/docs`),
  );
  expect(assets.map(({ origin }) => origin)).toEqual(assets.map(() => gateway.url));
  for (const { pathname } of assets) {
    const asset = await get(pathname);
    expect(asset.status).toBe(200);
    expect(asset.headers.get('content-type')).toMatch(pathname.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
  }
});

it('explains every error code at /docs/errors', async () => {
  const { status, text } = await get('/docs/errors');
  expect(status).toBe(200);
  expect(Object.keys(ERRORS).filter((code) => !text.includes(`id="${code}"`))).toEqual([]);
});

it('describes itself as OpenAPI, with its public address', async () => {
  const { body, headers } = await get('/v1/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: gateway.url }] });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('tells whether it lives and whether it is ready', async () => {
  expect((await get('/health/live')).body).toEqual({ status: 'ok' });
  expect((await get('/health/ready')).body).toMatchObject({
    status: 'ok',
    details: { postgres: { status: 'up' }, nats: { status: 'up' }, signing_keys: { status: 'up' } },
  });
});

it('counts requests by route pattern, and shows that to the machine it runs on only', async () => {
  await get('/v1/models/secret-model');
  const { text } = await get('/metrics');
  expect(text).toContain('http_server_seconds_count{route="/v1/models/:id",status="4xx"}');
  expect(text).not.toContain('secret-model');
  expectError(await get('/metrics', { 'x-forwarded-for': '203.0.113.9' }), 'NOT_FOUND');
});

it('answers HEAD like GET, without the body', async () => {
  for (const path of ['/health/live', '/v1/openapi.json', '/.well-known/jwks.json']) {
    const [head, whole] = [await gateway.ask(`HEAD ${path}`), await get(path)];
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(whole.text)));
  }
});
