import { AppError } from '@musicgen/error-codes';
import {
  getCredential,
  listCredentials,
  listGenerations,
  type Mode,
  type PageRequest,
  type Principal,
} from '@musicgen/platform-contracts';
import { newId, type Call } from '@musicgen/service-kit';
import { expectError } from './client';
import { startGateway, type PeerAnswer, type TestGateway } from './gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const at = '2026-11-20T10:00:00.000Z';
const generation = (id: string, mode: Mode) => ({
  ...{ id, mode, status: 'succeeded', state: 'done', model: 'composer-1', prompt: 'x', title: null, duration: 30 },
  progress: { fraction: 1, section: null, bar: null, bars: null, eta_ms: 0 },
  ...{ created_at: at, finished_at: at },
});
const credential = (id: string, mode: Mode) => ({
  ...{ id, mode, platform: 'spotify', name: null, description: null, is_active: true, shared: false, state: 'valid' },
  ...{ last_validated: null, validation_error: null, created_at: at, updated_at: at },
});

/** Lists of one user, page by page, as the services give them. */
function paged<Row extends { id: string; mode: Mode }>(all: Row[]) {
  return ({ limit, cursor }: PageRequest, { principal }: Call) => {
    const mine = all.filter(({ mode }) => mode === (principal as Principal).mode);
    const from = cursor ? mine.findIndex(({ id }) => id === cursor) + 1 : 0;
    const data = mine.slice(from, from + limit);
    return { data, next_cursor: from + limit < mine.length ? data.at(-1)!.id : null };
  };
}

const generations = [
  ...Array.from({ length: 250 }, () => generation(newId('gen'), 'live')),
  generation(newId('gen'), 'test'),
];
const credentials = [credential(newId('cred'), 'live'), credential(newId('cred'), 'test')];
const gone = credential(newId('cred'), 'live');
const musicgen: PeerAnswer[] = [[listGenerations, paged(generations)]];
const vault: PeerAnswer[] = [
  [listCredentials, paged([...credentials, gone])],
  [
    getCredential,
    ({ id }: { id: string }) => {
      const found = credentials.find((one) => one.id === id);
      if (!found) throw new AppError('NOT_FOUND');
      return { ...found, fields: { client_secret: { set: true, hint: '…wxyz' } }, warnings: [] };
    },
  ],
];

it('is all that there is of a user, in both modes, as one file, without a secret', async () => {
  const peers = [await gateway.answerAs('musicgen', ...musicgen), await gateway.answerAs('vault', ...vault)];
  const { token, user, email } = await gateway.register();
  const { key, id: keyId } = await gateway.addKey(token);
  const { body: ofTest } = await gateway.ask('POST /v1/auth/mode', { token, body: { mode: 'test' } });
  const testKey = await gateway.addKey(ofTest.access_token);
  const hook = await gateway.ask('POST /v1/webhooks', {
    token,
    body: { url: 'https://example.com/export', events: ['generation.succeeded'] },
  });
  for (let i = 0; i < 150; i++) {
    await gateway.database.dataSource.query(
      `INSERT INTO request_days VALUES ($1, $2, '2026-11-01', $3, $4, '2xx', 7)`,
      [user.id, i % 2 ? 'live' : 'test', i % 3 ? keyId : '', `GET /v1/thing/${i}`],
    );
  }
  const answer = await gateway.ask('GET /v1/user/export', { token });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="musicgen-${user.id}.json"`);
  const file = JSON.parse(answer.text);
  expect(Object.keys(file)).toEqual([
    ...['exported_at', 'profile', 'api_keys', 'sessions', 'webhooks', 'credentials', 'usage', 'generations'],
  ]);
  expect(file.profile).toMatchObject({ id: user.id, email, tier: 'free', role: 'user' });
  expect(file.api_keys.map(({ id }: { id: string }) => id).sort()).toEqual([keyId, testKey.id].sort());
  expect(file.sessions.map(({ mode }: { mode: Mode }) => mode)).toEqual(['live', 'test']);
  expect(file.webhooks).toMatchObject([{ id: hook.body.id, url: 'https://example.com/export' }]);
  expect(file.credentials.map(({ id }: { id: string }) => id)).toEqual(credentials.map(({ id }) => id));
  expect(file.credentials[0].fields).toEqual({ client_secret: { set: true, hint: '…wxyz' } });
  expect(file.generations.map(({ id }: { id: string }) => id)).toEqual(generations.map(({ id }) => id));
  const things = file.usage.filter(({ route }: { route: string }) => route.includes('thing'));
  expect(new Set(things.map(({ route }: { route: string }) => route)).size).toBe(150);
  expect(things).toHaveLength(150);
  const secrets = [key, testKey.key, (hook.body as { secret?: string }).secret!, token];
  for (const secret of secrets) expect(answer.text).not.toContain(secret.slice(10));
  expect(answer.text).not.toMatch(/hash|"seed"|\$argon2/);
  await Promise.all(peers.map((peer) => peer.close()));
});

it('is SERVICE_UNAVAILABLE before anything is sent while a service is away', async () => {
  const { token } = await gateway.register();
  const only = await gateway.answerAs('vault', ...vault);
  const answer = await gateway.ask('GET /v1/user/export', { token });
  expectError(answer, 'SERVICE_UNAVAILABLE', 'The service musicgen is not available');
  expect(answer.headers.has('content-disposition')).toBe(false);
  await only.close();
});

it('is cut off, and not whole by mistake, when a service goes away meanwhile', async () => {
  const { token } = await gateway.register();
  let asked = 0;
  const failing: PeerAnswer = [
    listGenerations,
    (request: PageRequest, call: Call) => {
      if (request.cursor && ++asked > 1) throw new AppError('SERVICE_UNAVAILABLE');
      return paged(generations)(request, call);
    },
  ];
  const peers = [await gateway.answerAs('musicgen', failing), await gateway.answerAs('vault', ...vault)];
  await expect(gateway.ask('GET /v1/user/export', { token })).rejects.toThrow();
  await Promise.all(peers.map((peer) => peer.close()));
});
