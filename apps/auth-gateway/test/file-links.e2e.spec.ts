import { AppError } from '@musicgen/error-codes';
import { createGenerationRoute, findArtefact, getGeneration, type Principal } from '@musicgen/platform-contracts';
import { newId, type Call } from '@musicgen/service-kit';
import { testInfrastructure } from '@musicgen/testing';
import fs from 'node:fs/promises';
import path from 'node:path';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

const id = newId('gen');
const artefacts = [
  { name: 'mix', kind: 'mix', format: 'mp3', bytes: 10, sha256: 'abc' },
  { name: 'drums', kind: 'stem', format: 'wav', bytes: 10, sha256: 'def' },
  { name: 'score', kind: 'midi', format: 'mid', bytes: 10, sha256: 'ghi' },
];
let gateway: TestGateway;
let token: string;
let asked: { request: object; principal: Principal }[];
let found: () => unknown;

beforeAll(async () => {
  const folder = path.join(testInfrastructure().folder, 'storage', id);
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, 'mix.mp3'), '0123456789');
  gateway = await startGateway({ ANONYMOUS_BURST: '100', ANONYMOUS_PER_HOUR: '1' });
  ({ token } = await gateway.register());
  await gateway.answerAs(
    'musicgen',
    [getGeneration, () => ({ ...createGenerationRoute.example.response, id, artefacts })],
    [
      findArtefact,
      (request: object, { principal }: Call) => {
        asked.push({ request, principal: principal! });
        return found();
      },
    ],
  );
});
beforeEach(() => {
  asked = [];
  found = () => ({
    key: `${id}/mix.mp3`,
    bytes: 10,
    sha256: 'abc',
    content_type: 'audio/mpeg',
    filename: 'mix.mp3',
  });
});
afterAll(() => gateway?.stop());

async function linked(): Promise<string[]> {
  const { body } = await gateway.ask(`GET /v1/generate/${id}`, { token });
  return body.artefacts.map(({ url }) => url.slice(gateway.url.length));
}

describe('the link of a file', () => {
  it('is answered to whoever has it, in parts too, and more often than anybody may ask', async () => {
    const [mix] = await linked();
    for (let i = 0; i < 110; i++) {
      const answer = await gateway.ask(`GET ${mix}`, { headers: { range: 'bytes=2-4' } });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 206, text: '234' });
    }
    const whole = await gateway.ask(`GET ${mix}`);
    expect(whole).toMatchObject({ status: 200, text: '0123456789' });
    expect(whole.headers.get('etag')).toBe('"abc"');
    expect(whole.headers.get('referrer-policy')).toBe('no-referrer');
    const known = await gateway.ask(`GET ${mix}`, { headers: { 'if-none-match': '"abc"' } });
    expect(known.status).toBe(304);
  });

  it('asks for just that file, as its owner, who may do nothing else with it', async () => {
    for (const link of await linked()) expect((await gateway.ask(`GET ${link}`)).status).toBe(200);
    const { user } = (await gateway.register()) as { user: { id: string } };
    expect(asked.map(({ request }) => request)).toEqual([
      { id, kind: 'mix', name: 'mix', format: 'mp3' },
      { id, kind: 'stem', name: 'drums', format: 'wav' },
      { id, kind: 'midi', name: 'score' },
    ]);
    for (const { principal } of asked) {
      expect(principal).toMatchObject({ mode: 'live', role: 'user', permissions: ['generate'] });
      expect(principal.user_id).not.toBe(user.id);
    }
  });

  it('opens nothing without saying why: forged, deleted, past its time or not there', async () => {
    const [mix] = await linked();
    const forged = mix!.replace(/.(?=.$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
    const answers = [await gateway.ask(`GET ${forged}`)];
    for (const code of ['NOT_FOUND', 'GONE', 'GENERATION_NOT_READY'] as const) {
      found = () => {
        throw new AppError(code, { details: 'a reason' });
      };
      answers.push(await gateway.ask(`GET ${mix}`));
    }
    found = () => ({ key: `${id}/gone`, bytes: 1, sha256: 'x', content_type: 'audio/mpeg', filename: 'x' });
    answers.push(await gateway.ask(`GET ${mix}`));
    for (const answer of answers) expectError(answer, 'NOT_FOUND', answers[0]!.body.error.details);
  });

  it('is not to be guessed: wrong ones count for the address they come from', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 200 && !statuses.has(429); i++) statuses.add((await gateway.ask('GET /v1/files/wrong')).status);
    expect([...statuses]).toEqual([404, 429]);
    const [mix] = await linked();
    expect((await gateway.ask(`GET ${mix}`)).status).toBe(200);
  });
});
