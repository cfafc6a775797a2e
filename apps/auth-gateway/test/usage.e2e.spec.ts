import { AppError } from '@musicgen/error-codes';
import { listGenerationUsage, usageRowsMax, type UsageRange } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { startService, until } from '@musicgen/testing';
import { clientOf, refusedFields, type Answer } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

interface Report {
  from: string;
  to: string;
  requests: { day: string; key_id: string | null; route: string; status_class: string; requests: number }[];
  generations: object[] | null;
  truncated: boolean;
}
const report = async (token: string, query = '') => {
  const answer = await gateway.ask(`GET /v1/user/usage${query}`, { token });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Report;
};
const today = () => new Date().toISOString().slice(0, 10);

const totalOf = (rows: Report['requests']) => rows.reduce((sum, { requests }) => sum + requests, 0);

it('tells requests by day, key, route and status class', async () => {
  const firstDay = today();
  const { token } = await gateway.register();
  const { id, key } = await gateway.addKey(token, { permissions: ['user:read'] });
  for (let round = 0; round < 3; round++) await gateway.ask('GET /v1/user/profile', { key });
  await gateway.ask(`GET /v1/user/api-keys/${id}`, { key });
  const mine = await until(async () => {
    const { requests } = await report(token, `?key_id=${id}`);
    return totalOf(requests) === 4 && requests;
  }, 'the requests to be counted');
  // Midnight may have come meanwhile.
  for (const { day, key_id } of mine)
    expect([key_id, [firstDay, today()]]).toEqual([id, expect.arrayContaining([day])]);
  const ofRoute = (name: string, statusClass: string) =>
    totalOf(mine.filter(({ route, status_class }) => route === name && status_class === statusClass));
  expect(ofRoute('GET /v1/user/profile', '2xx')).toBe(3);
  expect(ofRoute('GET /v1/user/api-keys/{id}', '4xx')).toBe(1);
  const all = await report(token);
  expect(all.requests).toContainEqual(
    expect.objectContaining({ key_id: null, route: 'POST /v1/user/api-keys', status_class: '2xx', requests: 1 }),
  );
  const shown = (await gateway.ask(`GET /v1/user/api-keys/${id}`, { token })).body as unknown as {
    last_used_at: string;
  };
  expect(Math.abs(Date.parse(shown.last_used_at) - Date.now())).toBeLessThan(60_000);
  const other = await gateway.register();
  expect((await report(other.token, `?key_id=${id}`)).requests).toEqual([]);
});

it('loses no count when a gateway stops', async () => {
  const { token } = await gateway.register();
  const { id, key } = await gateway.addKey(token);
  const second = await startService('auth', gateway.database, { NATS_URL: gateway.nats.url });
  const ask = clientOf(second.url);
  const answers: Answer[] = [];
  for (let round = 0; round < 7; round++) answers.push(await ask('GET /v1/user/profile', { key }));
  expect(await second.stop()).toBe(0);
  const { requests } = await report(token, `?key_id=${id}`);
  expect(totalOf(requests)).toBe(answers.length);
  for (const { status_class } of requests) expect(status_class).toBe('2xx');
});

it('tells generations as musicgen-api counts them, for the same days and key', async () => {
  const { token } = await gateway.register();
  const asked: UsageRange[] = [];
  const rows = [{ day: today(), key_id: null, outcome: 'succeeded', generations: 3 }];
  const musicgen = await gateway.answerAs('musicgen', [
    listGenerationUsage,
    (range: UsageRange) => {
      asked.push(range);
      return { data: rows, truncated: true };
    },
  ]);
  const key_id = newId('key');
  const query = `?from=2026-01-01&to=2026-01-31&key_id=${key_id}`;
  expect(await report(token, query)).toMatchObject({ generations: rows, requests: [], truncated: true });
  await musicgen.close();
  expect(asked).toEqual([{ from: '2026-01-01', to: '2026-01-31', key_id }]);
});

it('tells null for generations while musicgen-api is away or fails', async () => {
  const { token } = await gateway.register();
  const before = today();
  const { to, ...told } = await report(token);
  expect(told).toMatchObject({ generations: null, truncated: false });
  expect([before, today()]).toContain(to);
  const musicgen = await gateway.answerAs('musicgen', [
    listGenerationUsage,
    () => {
      throw new AppError('INTERNAL_ERROR');
    },
  ]);
  expect(await report(token)).toMatchObject({ generations: null });
  await musicgen.close();
});

it('says when there is more than it tells', async () => {
  const { token, user } = await gateway.register();
  const day = today();
  await gateway.database.dataSource.query(
    `INSERT INTO request_days SELECT $1, 'live', $3::date, '', 'route ' || n, '2xx', n FROM generate_series(1, $2) n`,
    [user.id, usageRowsMax + 1, day],
  );
  const { requests, truncated } = await report(token, `?from=${day}&to=${day}`);
  expect([requests.length, truncated]).toEqual([usageRowsMax, true]);
  expect(requests[0]).toMatchObject({ requests: usageRowsMax + 1 });
});

it.each([
  ['?from=2026-01-01&to=2026-02-01', ['query.from']],
  ['?from=2026-01-02&to=2026-01-01', ['query.from']],
  ['?from=2026-02-30', ['query.from']],
  ['?to=yesterday', ['query.to']],
  ['?key_id=x', ['query.key_id']],
])('refuses %s', async (query, fields) => {
  const { token } = await gateway.register();
  expect(refusedFields(await gateway.ask(`GET /v1/user/usage${query}`, { token }))).toEqual(fields);
});
