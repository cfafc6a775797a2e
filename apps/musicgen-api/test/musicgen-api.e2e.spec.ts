import type { AppError } from '@musicgen/error-codes';
import {
  cancelGeneration,
  createGeneration,
  findArtefact,
  getGeneration,
  getUsage,
  listModels,
  type GenerationStatus,
  type Principal,
  type RequestInputOf,
} from '@musicgen/platform-contracts';
import { newId, RpcClient, type Call } from '@musicgen/service-kit';
import { Closer, startService, startTestNats, testDatabase, until } from '@musicgen/testing';
import type { ServiceProcess, TestDatabase, TestNats } from '@musicgen/testing';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { database } from '../src/persistence/data-source';
import { makeCall } from './factories';
import { untilDayLasts } from './world';

let db: TestDatabase;
let nats: TestNats;
let rpc: RpcClient;
let folder: string;
let services: ServiceProcess[] = [];

const closer = new Closer();
beforeAll(async () => {
  [db, nats] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestNats(), ({ close }) => close()),
  ]);
  rpc = new RpcClient(await nats.connect('auth'), 'auth');
});
beforeEach(async () => {
  await untilDayLasts(60_000);
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-e2e-'));
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop('SIGKILL')));
  services = [];
  await fs.rm(folder, { recursive: true, force: true });
});
afterAll(closer.close);

async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await startService('musicgen', db, {
    NATS_URL: nats.url,
    STORAGE_DIR: path.join(folder, 'storage'),
    WORK_DIR: path.join(folder, 'work'),
    RENDER_PROCESSES: '1',
    ...environment,
  });
  services.push(service);
  return service;
}

type Request = RequestInputOf<typeof createGeneration>['request'];

/** Asks again what was not answered in time: nothing of it is done twice. */
async function patiently<T>(question: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if ((error as AppError).code !== 'TIMEOUT') throw error;
    }
  }
}

/** Somebody, who can ask again and again. */
function makeUser(overrides: Partial<Principal> = {}) {
  const { principal } = makeCall(overrides);
  const call = (): Call => makeCall(principal);
  const get = (id: string) => patiently(() => rpc.call(getGeneration, { id }, call()));
  return {
    call,
    get,
    create(request: Request) {
      const id = newId('gen');
      return patiently(() => rpc.call(createGeneration, { id, request }, call()));
    },
    untilStatus: (id: string, ...statuses: GenerationStatus[]) =>
      until(
        async () => {
          const generation = await get(id);
          return statuses.includes(generation.status) ? generation : undefined;
        },
        `${id} to be ${statuses.join(' or ')}`,
      ),
  };
}

/** The id of its one render process. */
async function rendererOf({ process: { pid } }: ServiceProcess): Promise<number> {
  const [child] = (await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  return Number(child);
}

const piece = { prompt: 'Calm piano in C major', duration: 2 };
const longPiece = { prompt: 'Upbeat jazz with saxophone', duration: 120 };
const filesIn = (name: string) =>
  fs
    .readdir(path.join(folder, name))
    .catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [error.code]));

describe('musicgen-api', () => {
  it('renders a piece: status, files with the bytes that were told, and one generation less for the day', async () => {
    await start();
    const user = makeUser();
    const created = await user.create({ prompt: 'Upbeat jazz with saxophone', duration: 3, midi: true, stems: true });
    expect(created).toMatchObject({ state: expect.stringMatching(/pending|active/), model: 'composer-1', duration: 3 });
    const done = await user.untilStatus(created.id, 'succeeded');
    expect(done).toMatchObject({ error: null, poll_after_ms: null, seed: created.seed, progress: { fraction: 1 } });
    expect(done.analysis!.duration_seconds).toBeCloseTo(3, 2);

    const names = done.artefacts.map(({ kind, format }) => `${kind}.${format}`);
    expect(names).toEqual(expect.arrayContaining(['mix.wav', 'mix.mp3', 'midi.mid', 'stem.wav', 'waveform.json']));
    for (const { kind, name, format } of done.artefacts) {
      const audioFormat = format === 'mid' || format === 'json' ? undefined : format;
      const file = await rpc.call(findArtefact, { id: created.id, kind, name, format: audioFormat }, user.call());
      const bytes = await fs.readFile(path.join(folder, 'storage', file.key));
      expect(bytes.length).toBe(file.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    }
    const audio = await rpc.call(findArtefact, { id: created.id, kind: 'mix' }, user.call());
    expect(audio).toMatchObject({ content_type: 'audio/wav', filename: 'upbeat-jazz-with-saxophone.wav' });
    expect((await rpc.call(getUsage, {}, user.call())).generations_remaining).toBe(499);
    expect(await filesIn('work')).toEqual([]);
  });

  it('makes the same bytes of the same request and seed', async () => {
    await start();
    const user = makeUser();
    const request = { ...piece, seed: 7, formats: ['wav' as const] };
    const ids = [(await user.create(request)).id, (await user.create(request)).id];
    const hashes = [];
    for (const id of ids) {
      const { artefacts } = await user.untilStatus(id, 'succeeded');
      hashes.push(artefacts.find(({ kind }) => kind === 'mix')!.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('answers errors over NATS with code and fields intact, the engine’s own too', async () => {
    await start();
    await expect(makeUser({ tier: 'free' }).create({ ...piece, duration: 61 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      data: { fields: [{ path: 'duration', problem: 'must be at most 60 in the tier free' }] },
    });
    await expect(makeUser().create({ ...piece, genre: 'no such genre', key: 'H' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      data: { fields: [{ path: 'genre' }, { path: 'key' }] },
    });
  });

  it('cancels a running generation: no file stays, the quota is whole again, the next piece is made', async () => {
    await start();
    const [user, other] = [makeUser(), makeUser()];
    const { id } = await user.create({ ...longPiece, duration: 300 });
    const next = await other.create(piece);
    await user.untilStatus(id, 'rendering', 'encoding');
    await rpc.call(cancelGeneration, { id }, user.call());
    expect(await user.untilStatus(id, 'canceled')).toMatchObject({ artefacts: [], usage: { generations: 0 } });
    expect((await rpc.call(getUsage, {}, user.call())).generations_remaining).toBe(500);
    await other.untilStatus(next.id, 'succeeded');
    await until(async () => (await filesIn('work')).length === 0, 'the work folder to be gone');
    expect(await filesIn(`storage/generations/${id}`)).toEqual([]);
  });

  it('loses no generation when its worker is killed: another worker renders it, once', async () => {
    await start({ ROLE: 'api' });
    const worker = await start({ ROLE: 'worker' });
    const user = makeUser();
    const { id } = await user.create(longPiece);
    const { progress } = await user.untilStatus(id, 'rendering', 'encoding');
    await worker.stop('SIGKILL');
    await start({ ROLE: 'worker' });
    const done = await user.untilStatus(id, 'succeeded');
    expect(done.progress.fraction).toBeGreaterThanOrEqual(progress.fraction);
    expect(await filesIn(`storage/generations/${id}`)).toEqual(['2']);
    expect(done.usage).toEqual({ generations: 1 });
  });

  it('lets every generation of many users succeed once, with a worker killed in the middle', async () => {
    await start({ ROLE: 'api' });
    const [killed] = [await start({ ROLE: 'worker' }), await start({ ROLE: 'worker' })];
    const users = [makeUser(), makeUser(), makeUser()];
    const short: Request = { ...piece, duration: 1, formats: ['mp3'] };
    const asked = Array.from({ length: 30 }, (_, i) => users[i % 3]!).map(async (user) => ({
      user,
      ...(await user.create(short)),
    }));
    const all = await Promise.all(asked);
    await until(async () => (await filesIn('storage/generations')).length > 5, 'some of them to be made');
    await killed.stop('SIGKILL');
    for (const { user, id } of all) {
      expect((await user.untilStatus(id, 'succeeded', 'failed')).status).toBe('succeeded');
      expect(await filesIn(`storage/generations/${id}`)).toHaveLength(1);
    }
    for (const user of users) {
      expect((await rpc.call(getUsage, {}, user.call())).generations_remaining).toBe(490);
    }
  });

  it('ends what it renders when it is told to stop, and only then itself', async () => {
    const service = await start();
    const user = makeUser();
    const renderer = await rendererOf(service);
    // However fast it is, it is not done before everything was seen.
    process.kill(renderer, 'SIGSTOP');
    const { id } = await user.create(piece);
    await user.untilStatus(id, 'composing');
    const stopped = service.stop('SIGTERM');
    const isReady = async () => (await fetch(`${service.url}/health/ready`)).status === 200;
    await until(async () => !(await isReady()), 'readiness to go first').finally(() =>
      process.kill(renderer, 'SIGCONT'),
    );
    expect(await stopped).toBe(0);
    await start({ ROLE: 'api' });
    expect(await user.get(id)).toMatchObject({ status: 'succeeded' });
  });

  it('answers no calls as a worker, and renders nothing as an api', async () => {
    await start({ ROLE: 'worker' });
    const user = makeUser();
    await expect(user.create(piece)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const api = await start({ ROLE: 'api' });
    const { data } = await rpc.call(listModels, {}, user.call());
    expect(data.find((model) => model.id === 'composer-1')).toMatchObject({
      available: true,
      unavailable_reason: null,
    });
    const checks = (await (await fetch(`${api.url}/health/ready`)).json()) as { details: object };
    expect(Object.keys(checks.details)).not.toContain('render_processes');
  });

  it('says why a model is unavailable when the sound bank that it was given is not there', async () => {
    await start({ SOUND_BANK: '/nowhere/bank.sf3' });
    const user = makeUser();
    const { data } = await rpc.call(listModels, {}, user.call());
    expect(data[0]).toMatchObject({
      available: false,
      unavailable_reason: expect.stringContaining('/nowhere/bank.sf3'),
    });
    await expect(user.create(piece)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });
});
