import { defaultTiers, type Tier } from '@musicgen/platform-contracts';
import { opening, startTestNats, testDatabase, until } from '@musicgen/testing';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GenerationStatus, Principal } from '@musicgen/platform-contracts';
import { database } from '../src/persistence/data-source';
import { makeReplica, type Replica, type ReplicaParts } from './replica';

/** What replicas of the service share: a database, a nats-server, a folder. */
export interface World {
  replica(parts?: Partial<ReplicaParts>): Promise<Replica>;
  /** The database's answer. */
  ask<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
  /** Paths of all files below `storage` or `work`. */
  files(below: 'storage' | 'work'): Promise<string[]>;
  nats: Awaited<ReturnType<typeof startTestNats>>;
  /** Stops the replicas and empties the tables. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const day = 86_400_000;

/** What is left of a quota is counted by the UTC day: no test that takes so long begins before midnight and ends after it. */
export const untilDayLasts = (ms: number) => until(() => day - (Date.now() % day) > ms, 'the next day', 2 * ms);

export function makeWorld(): Promise<World> {
  return opening(async (closer) => {
    await untilDayLasts(20_000);
    const making = fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-test-'));
    const folder = await closer.open(making, (made) => fs.rm(made, { recursive: true, force: true }));
    const [db, nats] = await Promise.all([
      closer.open(testDatabase(database), ({ drop }) => drop()),
      closer.open(startTestNats(), ({ close }) => close()),
    ]);
    let replicas: Replica[] = [];
    return {
      nats,
      async replica(parts = {}) {
        const replica = await makeReplica({ db, nats, folder, ...parts });
        replicas.push(replica);
        return replica;
      },
      ask: (sql, parameters) => db.dataSource.query(sql, parameters),
      async files(below) {
        const names = await fs
          .readdir(path.join(folder, below), { recursive: true, withFileTypes: true })
          .catch(() => []);
        return names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
      },
      async reset() {
        await Promise.all(replicas.map((replica) => replica.stop()));
        replicas = [];
        for (const table of ['generations', 'jobs', 'quota_days', 'outbox'])
          await db.dataSource.query(`DELETE FROM ${table}`);
        await fs.rm(path.join(folder, 'storage'), { recursive: true, force: true });
        await untilDayLasts(20_000);
      },
      close: closer.close,
    };
  });
}

/** The tiers with some limits changed in all of them. */
export const tiersWith = (limits: Partial<Tier>) => ({
  free: { ...defaultTiers.free, ...limits },
  pro: { ...defaultTiers.pro, ...limits },
  enterprise: { ...defaultTiers.enterprise, ...limits },
});

/** Waits until a generation has a status, and gives it back. */
export const untilStatus = (replica: Replica, principal: Principal, id: string, ...statuses: GenerationStatus[]) =>
  until(
    async () => {
      const generation = await replica.generations.get(principal, id);
      return statuses.includes(generation.status) ? generation : undefined;
    },
    `${id} to be ${statuses.join(' or ')}`,
  );
