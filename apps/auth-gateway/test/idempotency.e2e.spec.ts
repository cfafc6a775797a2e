import { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  createCredentialRoute,
  createGeneration,
  createGenerationRoute,
} from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { startService, until } from '@musicgen/testing';
import { once } from 'node:events';
import { clientOf, expectError, refusedFields, type Answer } from './client';
import { password, startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;
let user: Awaited<ReturnType<TestGateway['register']>>;

beforeAll(async () => {
  gateway = await startGateway();
  user = await gateway.register();
});
afterAll(() => gateway?.stop());

const keyed = (idempotencyKey: string) => ({ 'idempotency-key': idempotencyKey });
const newKey = (name = 'a key') => ({ name, permissions: ['user:read'] });
const addKey = (idempotencyKey: string, body: object = newKey(), who: object = user) =>
  gateway.ask('POST /v1/user/api-keys', { ...who, body, headers: keyed(idempotencyKey) });
const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed');
const namesOf = async (token = user.token) =>
  (await gateway.ask('GET /v1/user/api-keys?limit=100', { token })).body.data.map(({ name }) => name);

describe('an Idempotency-Key', () => {
  it('gives the same response again, a secret that is shown once included', async () => {
    const name = newId('req');
    const first = await addKey('retry-1', newKey(name));
    const again = await addKey('retry-1', newKey(name));
    expect(first.status).toBe(201);
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect([isReplayed(first), isReplayed(again)]).toEqual([null, 'true']);
    expect((await namesOf()).filter((one) => one === name)).toHaveLength(1);
    expect((await gateway.ask('GET /v1/user/profile', { key: again.body.key })).status).toBe(200);
  });

  it('is refused with another body or for another id, and says which mistake it is', async () => {
    await addKey('reused', newKey('one'));
    expectError(await addKey('reused', newKey('two')), 'IDEMPOTENCY_KEY_REUSED');
    const [one, two] = [await gateway.addKey(user.token), await gateway.addKey(user.token)];
    const rotate = (id: string) =>
      gateway.ask(`POST /v1/user/api-keys/${id}/rotate`, { ...user, headers: keyed('rotation') });
    const rotated = await rotate(one.id);
    expect(await rotate(one.id)).toMatchObject({ status: 201, text: rotated.text });
    expectError(await rotate(two.id), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('belongs to its user, mode and route', async () => {
    const other = await gateway.register();
    const test = await gateway.ask('POST /v1/auth/login', { body: { email: user.email, password, mode: 'test' } });
    const answers = [
      await addKey('scope', newKey('a')),
      await addKey('scope', newKey('b'), { token: other.token }),
      await addKey('scope', newKey('c'), { token: test.body.access_token }),
    ];
    expect(answers.map((answer) => [answer.status, isReplayed(answer)])).toEqual(Array(3).fill([201, null]));
    const { id } = answers[0]!.body;
    const rotated = await gateway.ask(`POST /v1/user/api-keys/${id}/rotate`, { ...user, headers: keyed('scope') });
    expect(rotated.status).toBe(201);
  });

  it('makes one resource of twenty requests at once', async () => {
    const name = newId('req');
    const answers = await Promise.all(Array.from({ length: 20 }, () => addKey(name, newKey(name))));
    for (const answer of answers.filter(({ status }) => status !== 201)) expectError(answer, 'REQUEST_IN_PROGRESS');
    const made = new Set(answers.flatMap(({ status, body }) => (status === 201 ? [body.key] : [])));
    expect(made.size).toBe(1);
    expect((await namesOf()).filter((one) => one === name)).toHaveLength(1);
    expect((await addKey(name, newKey(name))).body.key).toBe([...made][0]);
  });

  it('repeats a final refusal, with the id of the request that asks', async () => {
    const first = await addKey('refused', newKey(''));
    const again = await addKey('refused', newKey(''));
    expect(refusedFields(again)).toEqual(refusedFields(first));
    expect(isReplayed(again)).toBe('true');
    expect(again.body.error.request_id).toBe(again.headers.get('x-request-id'));
  });

  it.each(['', 'x'.repeat(256), 'café', '\t'])('is not %j', async (text) => {
    const headers = { 'idempotency-key': Buffer.from(text).toString('latin1') };
    const answer = await gateway.ask('POST /v1/user/api-keys', { ...user, body: newKey(), headers });
    expect(refusedFields(answer)).toEqual(['header:idempotency-key']);
  });

  it('changes nothing where nobody is known, and where nothing is made', async () => {
    const body = { email: user.email, password };
    const ask = (route: string, asking: object) => gateway.ask(route, { ...asking, headers: keyed('ignored') });
    const [one, two] = [await ask('POST /v1/auth/login', { body }), await ask('POST /v1/auth/login', { body })];
    expect(one.body.access_token).not.toBe(two.body.access_token);
    for (const name of ['x', 'y']) {
      expect((await ask('PUT /v1/user/profile', { token: user.token, body: { name } })).body.name).toBe(name);
    }
  });
});

describe('a resource of another service', () => {
  it('is asked for under one id, until there is an answer', async () => {
    const ids: string[] = [];
    const answers = [
      () => fail(new AppError('UPSTREAM_UNAVAILABLE')),
      () => fail(new AppError('QUOTA_EXCEEDED')),
      (id: string) => ({ ...createGenerationRoute.example.response, id, prompt: 'x' }),
    ];
    const musicgen = await gateway.answerAs('musicgen', [
      createGeneration,
      ({ id }: { id: string }) => answers[ids.push(id) - 1]!(id),
    ]);
    const generate = () =>
      gateway.ask('POST /v1/generate', { ...user, body: { prompt: 'x' }, headers: keyed('generation') });
    const asked = [await generate(), await generate(), await generate(), await generate()];
    await musicgen.close();
    expect(asked.map(({ status }) => status)).toEqual([503, 429, 202, 202]);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
    expect(asked[3]).toMatchObject({ text: asked[2]!.text });
    expect(isReplayed(asked[3]!)).toBe('true');
    for (const answer of asked.slice(2)) {
      expect(answer.headers.get('location')).toBe(`${gateway.url}/v1/generate/${ids[0]}`);
    }
  });

  it('is the same one after the gateway was killed while it was being made', async () => {
    const ids: string[] = [];
    const killed = new AbortController();
    const vault = await gateway.answerAs('vault', [
      createCredential,
      ({ id }: { id: string }) => {
        ids.push(id);
        return ids.length === 1 ? once(killed.signal, 'abort') : { ...createCredentialRoute.example.response, id };
      },
    ]);
    const doomed = await startService('auth', gateway.database, {
      NATS_URL: gateway.nats.url,
      PUBLIC_URL: gateway.url,
    });
    const create = (ask = gateway.ask) =>
      ask('POST /v1/credentials', { ...user, body: createCredentialRoute.example.body, headers: keyed('killed') });
    const lost = create(clientOf(doomed.url)).catch(() => 'lost');
    await until(() => ids.length === 1, 'the vault to be asked');
    await doomed.stop('SIGKILL');
    expect(await lost).toBe('lost');
    killed.abort();
    expectError(await create(), 'REQUEST_IN_PROGRESS');
    const answer = await until(async () => {
      const now = await create();
      return now.status !== 409 && now;
    }, 'the lease of the killed gateway to end');
    await vault.close();
    expect(answer).toMatchObject({ status: 201, body: { id: ids[0] } });
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(isReplayed(await create())).toBe('true');
  });
});

it('keeps a key that was stored when the answer was lost: the repeat shows the same one', async () => {
  const name = newId('req');
  const first = await addKey(name, newKey(name));
  // As if the gateway had ended between the key and its answer.
  await gateway.database.dataSource.query(
    `UPDATE idempotent_requests SET answer = NULL, leased_until = now() WHERE user_id = $1`,
    [user.user.id],
  );
  const again = await addKey(name, newKey(name));
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(isReplayed(again)).toBeNull();
  expect((await namesOf()).filter((one) => one === name)).toHaveLength(1);
});

it('performs nothing that could not be recognised again', async () => {
  const own = await startGateway();
  const someone = await own.register();
  await own.ask('GET /v1/user/profile', { token: someone.token });
  await own.postgres.cut();
  const asking = { token: someone.token, body: { prompt: 'x' }, headers: keyed('away') };
  expectError(await own.ask('POST /v1/generate', asking), 'SERVICE_UNAVAILABLE', 'The database is not available');
  await own.postgres.mend();
  await own.stop();
});

const fail = (error: Error): never => {
  throw error;
};
