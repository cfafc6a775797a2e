import type { GenerationEvent } from '@musicgen/platform-contracts';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { parallel } from '../parallel';
import { readStream } from '../stream';
import type { World } from '../world';
import type { History, QuotaDay, StoredArtefact, StoredFile, StoredGeneration, StoredJob } from './history';

/** Reads all that a run has left, past the services. */
export async function readHistory(
  world: World,
  storageDir: string,
  { asked, followed }: Pick<History, 'asked' | 'followed'>,
): Promise<History> {
  const events = await world.ask<GenerationEvent & { id: string }>(
    `SELECT generation_id AS id, number, type, data FROM musicgen.generation_events ORDER BY generation_id, number`,
  );
  const byGeneration = new Map<string, GenerationEvent[]>();
  for (const { id, ...event } of events) {
    byGeneration.set(id, [...(byGeneration.get(id) ?? []), event as GenerationEvent]);
  }
  return {
    asked,
    followed,
    events: byGeneration,
    generations: await world.ask<StoredGeneration>(
      `SELECT id, user_id AS "userId", mode, status, quota, last_event AS "lastEvent", preview FROM musicgen.generations`,
    ),
    jobs: await world.ask<StoredJob>(`SELECT resource_id AS "generationId", state, attempts FROM musicgen.jobs`),
    quotaDays: await world.ask<QuotaDay>(`SELECT user_id AS "userId", mode, reserved FROM musicgen.quota_days`),
    artefacts: await world.ask<StoredArtefact>(
      `SELECT generation_id AS "generationId", key, bytes::int, sha256 FROM musicgen.artefacts`,
    ),
    files: await readFiles(storageDir),
    published: (await readStream(world)).flatMap(({ id, subject, payload: { generation_id: generationId } }) =>
      typeof generationId === 'string' ? [{ id, subject, generationId }] : [],
    ),
    waitingEvents: (await world.ask(`SELECT FROM musicgen.outbox`)).length,
  };
}

/** Every file, whatever it is. */
async function readFiles(folder: string): Promise<StoredFile[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return parallel(files, 8, async (file) => {
    const data = await fs.readFile(file);
    const sha256 = createHash('sha256').update(data).digest('hex');
    return { key: path.relative(folder, file), bytes: data.length, sha256 };
  });
}
