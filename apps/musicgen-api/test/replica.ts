import { defaultTiers, generationJobChanged } from '@musicgen/platform-contracts';
import {
  DatabaseLink,
  EventConsumer,
  JobQueue,
  LiveEvents,
  Outbox,
  Storage,
  UserDeletions,
} from '@musicgen/service-kit';
import { mainOf, silentLogger, type TestDatabase, type TestNats } from '@musicgen/testing';
import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AccountErasure } from '../src/account/account-erasure.service';
import { AccountStore } from '../src/account/account.store';
import { ArtefactFiles } from '../src/artefacts/artefact-files';
import { ArtefactsService } from '../src/artefacts/artefacts.service';
import { FormatsOnDemand } from '../src/artefacts/formats-on-demand';
import { ArtefactsStore } from '../src/artefacts/artefacts.store';
import { openEncoder, type AudioFormat } from '../src/audio/encoder';
import type { Artefact, ModelDescription, RenderResult } from '../src/engines/engine';
import { artefactOf } from '../src/engines/render-folder';
import type { RequestProblem } from '../src/engines/registry';
import { DeadJobsService } from '../src/dead-jobs/dead-jobs.service';
import { GenerationAdmission } from '../src/generations/generation-admission';
import { GenerationAdvances } from '../src/generations/generation-advances';
import { GenerationAnnouncements } from '../src/generations/generation-announcements';
import { GenerationCancellations } from '../src/generations/generation-cancellations';
import { GenerationEndings } from '../src/generations/generation-endings';
import { GenerationEventsStore } from '../src/generations/generation-events.store';
import { GenerationIntake } from '../src/generations/generation-intake';
import { GenerationsService } from '../src/generations/generations.service';
import { GenerationsStore } from '../src/generations/generations.store';
import { RightsRevocations } from '../src/generations/rights-revocations';
import { ModelsService } from '../src/models/models.service';
import { GenerationCountsStore } from '../src/quota/generation-counts.store';
import { OldPreviews } from '../src/previews/old-previews';
import { PreviewsService } from '../src/previews/previews.service';
import { Origins } from '../src/origins/origins.service';
import { Repeats } from '../src/repeats/repeats.service';
import { Orphans } from '../src/retention/orphans';
import { Retention } from '../src/retention/retention.service';
import { RetentionStore } from '../src/retention/retention.store';
import { QuotaStore } from '../src/quota/quota.store';
import { UsageService } from '../src/quota/usage.service';
import { Provenances } from '../src/provenance/provenances';
import { Sidecars } from '../src/provenance/sidecars';
import { SigningKeys } from '../src/provenance/signing-keys';
import { GenerationJob } from '../src/rendering/generation-job';
import { Transcoder } from '../src/rendering/transcoder';
import type { RenderTask } from '../src/rendering/render-child';
import type { RenderPool } from '../src/rendering/render-pool';

type Render = (task: RenderTask, signal: AbortSignal) => Promise<RenderResult>;

/** What a replica of the service stands on, and how it differs from production. */
export interface ReplicaParts {
  db: TestDatabase;
  nats: TestNats;
  /** Holds `storage` and `work`. */
  folder: string;
  render?: Render;
  tiers?: typeof defaultTiers;
  queueMax?: number;
  queueMaxPerUser?: number;
  /** The program that makes other formats; the built one unless it is said. */
  transcodeEntry?: string;
  /** What the engine says to a request. */
  problems?: RequestProblem[];
}

export const makeModel = (overrides: Partial<ModelDescription> = {}): ModelDescription => ({
  id: 'composer-1',
  name: 'Composer',
  engine: 'composer',
  version: '1',
  description: 'Plays.',
  available: true,
  maxDurationSeconds: 600,
  sampleRate: 44_100,
  channels: 2,
  outputs: ['mix', 'stems', 'midi'],
  licence: 'MIT',
  commercialUse: true,
  deterministic: true,
  bankSha256: 'abc',
  pace: 0.1,
  ...overrides,
});

const models = [
  makeModel(),
  makeModel({ id: 'plain-1', outputs: ['mix'], maxDurationSeconds: 20 }),
  makeModel({ id: 'away-1', available: false, unavailableReason: 'its weights are missing' }),
];

/** An engine that writes a few bytes into every file that was asked for. */
export const renderAtOnce: Render = async ({ request, folder }) => {
  const files: Pick<Artefact, 'kind' | 'name' | 'format'>[] = [
    ...request.formats.map((format) => ({ kind: 'mix' as const, name: 'mix', format })),
    ...(request.stems ? [{ kind: 'stem' as const, name: 'drums', format: 'wav' as const }] : []),
    { kind: 'waveform', name: 'waveform', format: 'json' },
  ];
  return {
    artefacts: await Promise.all(files.map((file) => write(folder, file))),
    interpretation: {
      tempo: { value: 120, from: 'genre' },
      key: { value: 'C major', from: 'prompt' },
      timeSignature: { value: '4/4', from: 'genre' },
      genre: { value: 'pop', from: 'prompt' },
      instruments: { value: ['piano'], from: 'prompt' },
      ignored: [],
    },
    analysis: {
      tempo: 120,
      key: 'C major',
      timeSignature: '4/4',
      sections: [{ name: 'verse', startSeconds: 0, bars: 4, energy: 0.5 }],
      loudness: -14,
      truePeak: -1,
      durationSeconds: request.duration,
    },
    engineVersion: '1',
    bankSha256: 'abc',
  };
};

const toneFrames = 44_100;
const tone = Float32Array.from({ length: toneFrames }, (_, i) => Math.round(2 ** 22 * Math.sin(i / 20)) / 2 ** 23);

/** A second of sound, in any format. */
export async function encodeTone(file: string, format: AudioFormat): Promise<void> {
  const tags = {
    ...{ title: 'The Sea', promptSha256: 'ab'.repeat(32), model: 'composer-1', seed: 7, generator: '1' },
    digitalSourceType: 'algorithmicMedia' as const,
  };
  const encoder = await openEncoder(format, file, { sampleRate: 44_100, frames: toneFrames, tags });
  encoder.write(tone, tone);
  encoder.end();
}

/** An engine that makes real audio, as a WAV file and nothing else. */
export const renderTone: Render = async (task, signal) => {
  const result = await renderAtOnce({ ...task, request: { ...task.request, formats: [] } }, signal);
  const file = path.join(task.folder, 'mix.wav');
  await encodeTone(file, 'wav');
  return { ...result, artefacts: [await artefactOf({ kind: 'mix', name: 'mix', format: 'wav' }, file)] };
};

async function write(folder: string, what: Pick<Artefact, 'kind' | 'name' | 'format'>): Promise<Artefact> {
  const contents = `${what.kind} ${what.name}`;
  const file = `${what.kind}-${what.name}.${what.format}`;
  await fs.writeFile(path.join(folder, file), contents);
  return { ...what, file, bytes: contents.length, sha256: createHash('sha256').update(contents).digest('hex') };
}

/** Renders until it is told to stop. */
export const renderForEver: Render = (_, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

export const testSigningKeys = SigningKeys.parse(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

const transcodeEntry = path.join(path.dirname(mainOf('musicgen')), 'rendering/transcode-process.js');

/** One replica of the service, put together as in production, but for its engine. Work begins with `work`. */
export async function makeReplica({ db, nats, folder, ...parts }: ReplicaParts) {
  const { dataSource } = db;
  const link = await nats.connect('musicgen');
  const config = {
    tiers: parts.tiers ?? defaultTiers,
    workDir: path.join(folder, 'work'),
    storageDir: path.join(folder, 'storage'),
    queueMaxPerUser: parts.queueMaxPerUser ?? 1_000,
  };
  const outbox = new Outbox(dataSource, link, 'musicgen', silentLogger);
  const live = new LiveEvents(link, 'musicgen', silentLogger);
  const queue = new JobQueue(dataSource, outbox, live, silentLogger, {
    kind: 'generation',
    queuedMax: parts.queueMax ?? 10_000,
    changed: generationJobChanged,
  });
  const store = new GenerationsStore(dataSource);
  const quota = new QuotaStore(dataSource);
  const artefacts = new ArtefactsStore(dataSource);
  const storage = new Storage(config.storageDir);
  const files = new ArtefactFiles(storage, silentLogger);
  const generationEvents = new GenerationEventsStore(dataSource);
  const announcements = new GenerationAnnouncements(live);
  const endings = new GenerationEndings(store, quota, artefacts, generationEvents, announcements);
  const check = () => parts.problems ?? [];
  const modelsService = new ModelsService(
    { describe: async () => models },
    {
      composer: { check, source: 'algorithmicMedia' },
    },
  );
  const admission = new GenerationAdmission(modelsService, new Origins(store), config);
  const cancellations = new GenerationCancellations(outbox, queue, store, endings, files);
  const events = new EventConsumer(dataSource, link, 'musicgen', silentLogger);
  const deletions = new UserDeletions(dataSource, events, silentLogger);
  const erasure = new AccountErasure(deletions, store, cancellations, files, new AccountStore(dataSource));
  const sidecars = new Sidecars({ musicgenSigningKey: testSigningKeys });
  const provenances = new Provenances(modelsService, sidecars);
  const repeats = new Repeats(
    ...([files, store, artefacts, generationEvents, quota, provenances, announcements, outbox, silentLogger] as const),
  );
  const intake = new GenerationIntake(admission, quota, store, queue, generationEvents, repeats);
  const pool = { render: parts.render ?? renderAtOnce, describe: async () => models } as Partial<RenderPool>;
  const advances = new GenerationAdvances(store, generationEvents, announcements);
  const job = new GenerationJob(advances, endings, files, pool as RenderPool, provenances, config);
  const transcoder = new Transcoder(parts.transcodeEntry ?? transcodeEntry);
  const formats = new FormatsOnDemand(artefacts, files, storage, transcoder, provenances, config);
  const database = new DatabaseLink(dataSource, silentLogger);
  const makeRetention = () => {
    const retentionStore = new RetentionStore(dataSource);
    const orphans = new Orphans(storage, retentionStore);
    return new Retention(retentionStore, files, orphans, database, silentLogger, { role: 'both' });
  };
  return {
    generations: new GenerationsService(intake, store, queue, cancellations, generationEvents),
    artefacts: new ArtefactsService(store, artefacts, formats, sidecars),
    retention: makeRetention(),
    storage,
    previews: new PreviewsService(store),
    oldPreviews: new OldPreviews(store, files, database, silentLogger, { role: 'both' }),
    usage: new UsageService(quota, new GenerationCountsStore(dataSource), config),
    models: modelsService,
    job,
    outbox,
    hearEvents() {
      new RightsRevocations(events, cancellations).onApplicationBootstrap();
      erasure.onApplicationBootstrap();
    },
    erasure,
    deadJobs: new DeadJobsService(queue, store, generationEvents, announcements, quota, config),
    work: (slots = 1) => queue.work(job, slots),
    async stop() {
      await Promise.all([events.stop(), deletions.stop()]);
      await queue.stop(0);
    },
  };
}
export type Replica = Awaited<ReturnType<typeof makeReplica>>;
