import {
  cancelGeneration,
  createGeneration,
  findArtefact,
  getGeneration,
  getUsage,
  listModels,
  type RequestInputOf,
} from '@musicgen/platform-contracts';
import { newId, RpcClient, type Call } from '@musicgen/service-kit';
import {
  startService,
  startTestNats,
  testDatabase,
  until,
  type ServiceProcess,
  type TestDatabase,
  type TestNats,
} from '@musicgen/testing';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { database } from '../src/persistence/data-source';
import { makeCall } from './factories';

let db: TestDatabase;
let nats: TestNats;
let rpc: RpcClient;
let folder: string;
let service: ServiceProcess;

const start = (environment: Record<string, string> = {}) =>
  startService('musicgen', db, {
    NATS_URL: nats.url,
    STORAGE_DIR: path.join(folder, 'storage'),
    WORK_DIR: path.join(folder, 'work'),
    RENDER_PROCESSES: '1',
    ...environment,
  });

beforeAll(async () => {
  [db, nats] = await Promise.all([testDatabase(database), startTestNats()]);
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-e2e-'));
  rpc = new RpcClient(await nats.connect('auth'), 'auth');
  service = await start();
});
afterAll(async () => {
  await service?.stop();
  await nats?.close();
  await db?.drop();
  await fs.rm(folder, { recursive: true, force: true });
});

const anew = (call: Call): Call => ({ ...call, deadline: Date.now() + 5_000 });

async function create(call: ReturnType<typeof makeCall>, request: RequestInputOf<typeof createGeneration>['request']) {
  return rpc.call(createGeneration, { id: newId('gen'), request }, anew(call));
}

const finished = (call: Call, id: string) =>
  until(
    async () => {
      const generation = await rpc.call(getGeneration, { id }, anew(call));
      return generation.state === 'done' ? generation : undefined;
    },
    `${id} to end`,
    60_000,
  );

describe('musicgen-api', () => {
  it('renders a piece: status, files with the bytes that were told, and one generation less for the day', async () => {
    const call = makeCall();
    const created = await create(call, { prompt: 'Upbeat jazz with saxophone', duration: 3, midi: true });
    expect(created).toMatchObject({ state: expect.stringMatching(/pending|active/), model: 'composer-1', duration: 3 });
    const done = await finished(call, created.id);
    expect(done).toMatchObject({ status: 'succeeded', error: null, poll_after_ms: null, seed: created.seed });
    expect(done.progress.fraction).toBe(1);
    expect(done.analysis!.duration_seconds).toBeCloseTo(3, 2);

    const names = done.artefacts.map(({ kind, format }) => `${kind}.${format}`);
    expect(names).toEqual(expect.arrayContaining(['mix.wav', 'mix.mp3', 'midi.mid']));
    const audio = await rpc.call(findArtefact, { id: created.id, kind: 'mix' }, anew(call));
    expect(audio).toMatchObject({ content_type: 'audio/wav', filename: 'upbeat-jazz-with-saxophone.wav' });
    const bytes = await fs.readFile(path.join(folder, 'storage', audio.key));
    expect(bytes.length).toBe(audio.bytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(audio.sha256);

    expect((await rpc.call(getUsage, {}, anew(call))).generations_remaining).toBe(499);
    expect(await fs.readdir(path.join(folder, 'work'))).toEqual([]);
  });

  it('lists its models, with what each can do', async () => {
    const { data } = await rpc.call(listModels, {}, anew(makeCall()));
    expect(data.find((model) => model.id === 'composer-1')).toMatchObject({
      available: true,
      unavailable_reason: null,
    });
  });

  it('makes the same bytes of the same request and seed', async () => {
    const call = makeCall();
    const request = { prompt: 'Slow ambient pads', duration: 2, seed: 7, formats: ['wav' as const] };
    const ids = [(await create(call, request)).id, (await create(call, request)).id];
    const hashes = [];
    for (const id of ids) hashes.push((await finished(call, id)).artefacts.find(({ kind }) => kind === 'mix')!.sha256);
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('answers VALIDATION_FAILED over NATS with the fields intact', async () => {
    const free = makeCall({ tier: 'free' });
    await expect(create(free, { prompt: 'x', duration: 61 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      data: { fields: [{ path: 'duration', problem: 'must be at most 60 in the tier free' }] },
    });
  });

  it('cancels a running generation: no file stays, the quota is whole again', async () => {
    const call = makeCall();
    const { id } = await create(call, { prompt: 'Long orchestral piece', duration: 300 });
    await until(
      async () => (await rpc.call(getGeneration, { id }, anew(call))).state === 'active',
      'it to run',
      60_000,
    );
    await rpc.call(cancelGeneration, { id }, anew(call));
    expect(await finished(call, id)).toMatchObject({ status: 'canceled', artefacts: [] });
    expect((await rpc.call(getUsage, {}, anew(call))).generations_remaining).toBe(500);
    await until(async () => (await fs.readdir(path.join(folder, 'work'))).length === 0, 'the work folder to be gone');
    await expect(fs.readdir(path.join(folder, 'storage/generations', id))).rejects.toThrow('ENOENT');
  });
});
