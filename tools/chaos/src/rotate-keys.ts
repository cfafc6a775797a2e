import { waitFor } from '@musicgen/embedded';
import { reportKeys, rotateKeys as rotate, type KeyReport } from '@musicgen/platform-contracts';
import { generateKeyRingText, newCall } from '@musicgen/service-kit';
import { randomBytes } from 'node:crypto';
import { checkEach, checkThat, figure, type Check } from './check';
import { parallel } from './parallel';
import { somebody } from './people';
import { problemOf, read, Readers } from './readers';
import { socketOwner } from './socket-owner';
import type { Program } from './unit';
import { connect, startVaults } from './vaults';
import type { World } from './world';

const credentials = 20_000;
const replicas = 3;
const readers = 8;
const atOnce = 32;
const hour = 3_600_000;
const endsWithin = { timeoutMs: 10 * 60_000, everyMs: 100 };

/** The vault's key is replaced while everybody reads; a replica dies in the middle; then the old key is taken away. */
export async function rotateKeys(world: World, scale: number): Promise<Check[]> {
  const [oldKey, newKey] = [generateKeyRingText(1).trim(), generateKeyRingText(2).trim()];
  const vaults = await startVaults(world, replicas, { env: { VAULT_KEYS_FILE: '', VAULT_KEYS: oldKey } });
  const [auth, spotify] = [await world.client('auth'), await world.client('spotify')];
  const expiry = new Date(Date.now() + 12 * hour);
  const random = () => randomBytes(16).toString('hex');
  const count = Math.max(5_000, Math.round(credentials * scale));
  const stored = await parallel(Array.from({ length: count }), atOnce, () =>
    connect(auth, { client_id: random(), client_secret: random() }, { access_token: random() }, expiry),
  );

  const crowd = new Readers(auth, spotify, stored, readers);
  const admin = newCall(somebody({ role: 'admin' }), 10 * 60_000);
  const report = () => auth.call(reportKeys, {}, admin);
  try {
    await restartEach(vaults, `${oldKey},${newKey}`);
    const before = await report();
    const began = performance.now();
    // Who is asked may be the one who dies.
    const asking = auth.call(rotate, {}, admin).catch(() => undefined);
    const killed = await killWorker(world, vaults, crowd);
    await asking;
    await waitFor('the rotation is done', async () => (await progress(world))?.state === 'done', endsWithin);
    const seconds = (performance.now() - began) / 1_000;
    const after = await report();
    await restartEach(vaults, newKey);
    const reads = await crowd.stop();
    const problems = await parallel(stored, atOnce, (one) => problemOf(read(auth, spotify, one), one));
    return verdict({ before, after, killed, reads, problems, seconds });
  } finally {
    await crowd.stop();
  }
}

interface Found {
  before: KeyReport;
  after: KeyReport;
  killed: { name: string; done: number; total: number };
  reads: Awaited<ReturnType<Readers['stop']>>;
  /** Of reading each credential without the old key. */
  problems: (string | undefined)[];
  seconds: number;
}

function verdict({ before, after, killed, reads, problems, seconds }: Found): Check[] {
  const [oldRow, wasOld] = [after, before].map(({ census }) => census.find(({ version }) => version === 1));
  return [
    checkThat('credentials under the old key before', wasOld?.data_keys ?? 0, wasOld?.data_keys === problems.length),
    checkEach('reads under load: the stored value, at once', reads.answers, (problem) => problem),
    checkThat(
      `reads cut off by the kill, answered when asked again (at most ${readers})`,
      reads.cutOff,
      reads.cutOff <= readers,
    ),
    checkThat('credentials re-wrapped when the working replica was killed', killed.done, killed.done < killed.total),
    checkThat('census: credentials under the old key', oldRow?.data_keys ?? 0, (oldRow?.data_keys ?? 0) === 0),
    checkThat('the old key may be taken away', String(oldRow?.removable ?? true), oldRow?.removable ?? true),
    checkThat('failures of the rotation', after.rotation?.failed ?? -1, after.rotation?.failed === 0),
    checkEach('read without the old key', problems, (problem) => problem),
    figure('reads under load, per second', `${reads.answers.length}, ${Math.round(reads.perSecond)}`),
    figure('rotation, with the kill', `${seconds.toFixed(1)} s, ${killed.name} killed`),
  ];
}

/** With another ring, one after the other: somebody answers all the time. */
async function restartEach(vaults: readonly Program[], ring: string): Promise<void> {
  for (const vault of vaults) {
    await vault.stop();
    vault.env.VAULT_KEYS = ring;
    await vault.start();
  }
}

interface Progress {
  state: 'running' | 'done';
  done: number;
  total: number;
}

const progress = async (world: World): Promise<Progress | undefined> =>
  (await world.ask<Progress>(`SELECT state, done, total FROM vault.key_rotations`))[0];

/** Whoever is in the middle of a batch, once the first is done. Nobody else locks credentials for a change. */
async function killWorker(world: World, vaults: readonly Program[], crowd: Readers) {
  const atWork = async () => {
    const now = await progress(world);
    if (now?.state === 'done') throw new Error('the rotation was done before anybody could be killed');
    if (!now?.done) return undefined;
    const [backend] = await world.ask<{ port: number }>(
      `SELECT client_port AS port FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE relation = 'vault.credentials'::regclass AND mode = 'RowShareLock'`,
    );
    const pid =
      backend &&
      (await socketOwner(
        backend.port,
        vaults.map((vault) => vault.pid!),
      ));
    return vaults.find((vault) => vault.pid === pid);
  };
  const worker = await waitFor('a replica is at work', atWork, { timeoutMs: 60_000, everyMs: 1 });
  crowd.expectCut();
  await worker.kill();
  const { done, total } = (await progress(world))!;
  await worker.start();
  return { name: worker.name, done, total };
}
