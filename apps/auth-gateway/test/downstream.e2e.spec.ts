import { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  createGeneration,
  getCredential,
  getModel,
  getUsage,
  listGenerationsRoute,
  listModels,
  listModelsRoute,
  createGenerationRoute,
  type Principal,
} from '@musicgen/platform-contracts';
import { newId, type Call } from '@musicgen/service-kit';
import { once } from 'node:events';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

let gateway: TestGateway;
let token: string;
let userId: string;

beforeAll(async () => {
  gateway = await startGateway();
  const registered = await gateway.register();
  ({ token } = registered);
  userId = registered.user.id;
});
afterAll(() => gateway?.stop());

const model = (name: string) => ({ ...listModelsRoute.example.response.data[0]!, id: name });
const generate = (body: object) => gateway.ask('POST /v1/generate', { token, body });

describe('a service that is away', () => {
  it.each([
    'GET /v1/models',
    `GET ${listGenerationsRoute.path}`,
    `GET /v1/generate/${newId('gen')}/audio`,
    'GET /v1/platforms',
    `DELETE /v1/credentials/${newId('cred')}`,
  ])('is said to be away at once: %s', async (route) => {
    const answer = await gateway.ask(route, { token });
    const owner = route.includes('credentials') || route.includes('platforms') ? 'vault' : 'musicgen';
    expectError(answer, 'SERVICE_UNAVAILABLE', `The service ${owner} is not available`);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('keeps nobody from logging in and seeing the profile', async () => {
    const { token: other, user } = await gateway.register();
    expect(user.usage).toBeNull();
    expect((await gateway.ask('GET /v1/user/profile', { token: other })).body.usage).toBeNull();
  });
});

describe('a service that answers', () => {
  it('is told who asks and with which rights, and the request with its defaults', async () => {
    const asked: { request: unknown; call: Call }[] = [];
    const answer = (request: { id: string }, call: Call) => {
      asked.push({ request, call });
      const { body, response } = createGenerationRoute.example;
      return { ...response, ...body, id: request.id };
    };
    const musicgen = await gateway.answerAs('musicgen', [createGeneration, answer]);
    const created = await generate({ prompt: 'Upbeat jazz' });
    await musicgen.close();
    expect(created).toMatchObject({ status: 202, body: { status: 'queued', artefacts: [] } });
    expect(created.headers.get('location')).toBe(`${gateway.url}/v1/generate/${created.body.id}`);
    expect(asked).toMatchObject([
      {
        request: {
          id: created.body.id,
          request: { prompt: 'Upbeat jazz', model: 'composer-1', duration: 30, formats: ['wav', 'mp3'] },
        },
        call: { principal: { user_id: userId, method: 'password', mode: 'live', tier: 'free', role: 'user' } },
      },
    ]);
    const principal = asked[0]!.call.principal as Principal;
    expect(principal.session_id).toMatch(/^sess_/);
    expect(Number(asked[0]!.call.deadline)).toBeGreaterThan(0);
  });

  it('gives a file of a generation an address that the gateway answers', async () => {
    const artefacts = [
      { name: 'mix', kind: 'mix', format: 'mp3', bytes: 1, sha256: 'x' },
      { name: 'lead synth', kind: 'stem', format: 'wav', bytes: 1, sha256: 'x' },
    ];
    const musicgen = await gateway.answerAs('musicgen', [
      createGeneration,
      ({ id }: { id: string }) => ({ ...createGenerationRoute.example.response, id, artefacts }),
    ]);
    const { body } = await generate({ prompt: 'x' });
    await musicgen.close();
    const urls = body.artefacts.map(({ url }) => url);
    expect(new Set(urls).size).toBe(2);
    const own = new RegExp(`^${gateway.url}/v1/files/[\\w-]{1,300}$`);
    for (const url of urls) expect(url).toMatch(own);
  });

  it('fills a list that is always whole page by page', async () => {
    const data = ['a', 'b', 'c'].map(model);
    const musicgen = await gateway.answerAs('musicgen', [listModels, () => ({ data })]);
    const page = async (query: string) => {
      const { body } = await gateway.ask(`GET /v1/models?${query}`, { token });
      return { ids: body.data.map(({ id }) => id), next: body.next_cursor };
    };
    expect(await page('')).toEqual({ ids: ['a', 'b', 'c'], next: null });
    expect(await page('limit=2')).toEqual({ ids: ['a', 'b'], next: 'b' });
    expect(await page('limit=2&cursor=b')).toEqual({ ids: ['c'], next: null });
    await musicgen.close();
  });
});

describe('a service that fails', () => {
  it('has its code, details and data handed on as they are, and its time to wait', async () => {
    const data = { fields: [{ path: 'fields.client_id', problem: 'must have 32 characters' }] };
    const vault = await gateway.answerAs(
      'vault',
      [createCredential, fails(new AppError('VALIDATION_FAILED', { details: 'fields.client_id: too short', data }))],
      [getCredential, fails(new AppError('NOT_FOUND', { details: 'There is no such credential' }))],
    );
    const body = { platform: 'spotify', fields: { client_id: 'x' } };
    const refused = await gateway.ask('POST /v1/credentials', { token, body });
    expectError(refused, 'VALIDATION_FAILED', 'fields.client_id: too short');
    expect(refused.body.error.data).toEqual(data);
    const missing = await gateway.ask(`GET /v1/credentials/${newId('cred')}`, { token });
    expectError(missing, 'NOT_FOUND', 'There is no such credential');
    await vault.close();
  });

  it('says how long to wait, or the gateway does', async () => {
    const errors = [
      new AppError('QUOTA_EXCEEDED', { details: '10 of 10', retryAfterSeconds: 1234 }),
      new AppError('QUOTA_EXCEEDED', { details: '10 of 10' }),
      new AppError('MODEL_UNAVAILABLE', { details: 'No weights', retryAfterSeconds: 7 }),
    ];
    const left = [...errors];
    const musicgen = await gateway.answerAs('musicgen', [createGeneration, () => fails(left.shift()!)()]);
    const waits = [];
    for (const { code, details } of errors) {
      const answer = await generate({ prompt: 'x' });
      expectError(answer, code, details);
      waits.push(answer.headers.get('retry-after'));
    }
    await musicgen.close();
    expect(waits).toEqual(['1234', '60', '7']);
  });

  it('says nothing to the outside of what went wrong inside', async () => {
    const musicgen = await gateway.answerAs(
      'musicgen',
      [getModel, fails(new Error('relation "models" does not exist'))],
      [listModels, () => ({ data: [{ id: 'not a model' }] })],
    );
    for (const route of ['GET /v1/models/x', 'GET /v1/models']) {
      const answer = await gateway.ask(route, { token });
      expectError(answer, 'INTERNAL_ERROR', 'Something went wrong on our side');
    }
    await musicgen.close();
  });

  it('is TIMEOUT when it says nothing, and a profile does not wait for it', async () => {
    const stopping = new AbortController();
    const never = () => once(stopping.signal, 'abort');
    const musicgen = await gateway.answerAs('musicgen', [getModel, never], [getUsage, never]);
    const [slow, profile] = await Promise.all([
      gateway.ask('GET /v1/models/x', { token }),
      gateway.ask('GET /v1/user/profile', { token }),
    ]);
    expectError(slow, 'TIMEOUT', 'The service musicgen did not answer in time');
    expect(profile).toMatchObject({ status: 200, body: { usage: null } });
    stopping.abort();
    await musicgen.close();
  });
});

const fails = (error: Error) => () => {
  throw error;
};
