import { AppError } from '@musicgen/error-codes';
import { finishOAuth } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

const burst = 20;
const live = 'a'.repeat(43);
const denied = 'd'.repeat(43);
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ ANONYMOUS_PER_HOUR: '1', ANONYMOUS_BURST: String(burst) });
  await gateway.answerAs('vault', [
    finishOAuth,
    ({ state }: { state: string }) => {
      if (state === denied) throw new AppError('REAUTHORIZATION_REQUIRED');
      if (state !== live) throw new AppError('OAUTH_STATE_INVALID');
      return { credential_id: newId('cred'), platform: 'spotify', account: 'ada', scopes: [], return_to: null };
    },
  ]);
});
afterAll(() => gateway?.stop());

/** As programs do, whose errors have the form of all errors. */
const visit = (state: string) =>
  gateway.ask(`GET /v1/oauth/spotify/callback?code=x&state=${state}`, { headers: { accept: 'application/json' } });
/** As people do: they get a page. */
const guess = () => fetch(`${gateway.url}/v1/oauth/spotify/callback?code=x&state=${'x'.repeat(43)}`);

it('is not of the client address’s limit when its state is live, and is when it is made up', async () => {
  for (let i = 0; i < burst + 5; i++) {
    expect((await visit(live)).status).toBe(200);
    expect((await visit(denied)).status).toBe(409);
  }
  for (let i = 0; i < burst / 2; i++) {
    expect((await guess()).status).toBe(400);
    expectError(await visit('y'.repeat(43)), 'OAUTH_STATE_INVALID');
  }
  expectError(await visit('y'.repeat(43)), 'RATE_LIMIT_EXCEEDED');
  expect((await visit(live)).status).toBe(200);
});
