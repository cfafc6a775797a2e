import { silentLogger, until } from '@musicgen/testing';
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RenderProgress, RenderRequest } from '../engines/engine';
import type { RenderTask } from './render-child';
import { RenderPool } from './render-pool';

const entry = path.join(__dirname, '../../test/render-process.fixture.cjs');
const compiledPool = path.join(
  __dirname,
  '../../../../dist/apps/musicgen-api/apps/musicgen-api/src/rendering/render-pool.js',
);

let folder: string;
let pools: RenderPool[] = [];

beforeEach(async () => (folder = await fs.mkdtemp(path.join(os.tmpdir(), 'pool-'))));
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  pools = [];
  await fs.rm(folder, { recursive: true });
});

function startPool(size: number, settings = {}, obeyWithinMs?: number): RenderPool {
  const pool = new RenderPool({ entry, settings, size, obeyWithinMs, logger: silentLogger });
  pools.push(pool);
  pool.start();
  return pool;
}

const never = new AbortController().signal;
const makeTask = (prompt: string, overrides: Partial<RenderTask> = {}): RenderTask => ({
  request: { prompt, model: 'fixture-1' } as RenderRequest,
  folder,
  limitMs: 60_000,
  onProgress: () => undefined,
  ...overrides,
});
/** The fixture's engine version is the process that rendered. */
const pidOf = async (pool: RenderPool) => (await pool.render(makeTask('music'), never)).engineVersion;
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** Aborts once the render has begun. */
async function abortWhenBegun(pool: RenderPool, prompt: string) {
  const stop = new AbortController();
  let hasBegun = false;
  const render = pool.render(makeTask(prompt, { onProgress: () => (hasBegun = true) }), stop.signal);
  const outcome = expect(render).rejects.toBe('canceled');
  await until(() => hasBegun);
  stop.abort('canceled');
  await outcome;
}

describe('RenderPool', () => {
  it('renders one generation after the other in one warm process, and passes its progress on', async () => {
    const pool = startPool(1);
    const progress: RenderProgress[] = [];
    await pool.render(makeTask('music', { onProgress: (step) => progress.push(step) }), never);
    expect(progress).toEqual([{ stage: 'rendering', fraction: 0.5 }]);
    expect(await fs.readFile(path.join(folder, 'mix.wav'), 'utf8')).toBe('sound');
    expect(await pidOf(pool)).toBe(await pidOf(pool));
  });

  it('lets what is too much at once wait for a free process', async () => {
    const pool = startPool(2);
    await until(() => pool.pids.length === 2);
    const pids = await Promise.all(Array.from({ length: 6 }, () => pidOf(pool)));
    expect(new Set(pids).size).toBe(2);
  });

  it('rejects with the last words of a process that crashes, and replaces it', async () => {
    const pool = startPool(1);
    const before = await pidOf(pool);
    await expect(pool.render(makeTask('crash'), never)).rejects.toThrow('exit status 3) out of memory');
    expect(await pidOf(pool)).not.toBe(before);
  });

  it('rejects with what the engine says, and keeps the process', async () => {
    const pool = startPool(1);
    const before = await pidOf(pool);
    await expect(pool.render(makeTask('fail'), never)).rejects.toThrow('no such chord');
    expect(await pidOf(pool)).toBe(before);
  });

  it('stops a render that is cancelled, and keeps the process if it obeys', async () => {
    const pool = startPool(1, {}, 600_000);
    const before = await pidOf(pool);
    await abortWhenBegun(pool, 'slow');
    expect(await pidOf(pool)).toBe(before);
  });

  it('kills and replaces a process that does not obey', async () => {
    const pool = startPool(1);
    const before = await pidOf(pool);
    await abortWhenBegun(pool, 'block');
    expect(await pidOf(pool)).not.toBe(before);
    expect(isAlive(Number(before))).toBe(false);
  });

  it('does not let whoever cancels wait for a process that takes its time to stop', async () => {
    const pool = startPool(1, {}, 600_000);
    const before = Number(await pidOf(pool));
    await abortWhenBegun(pool, 'block');
    expect(isAlive(before)).toBe(true);
  });

  it('passes nothing on of what a cancelled render still tells', async () => {
    const pool = startPool(1);
    const heard: unknown[] = [];
    const stop = new AbortController();
    const hear = (told: unknown) => heard.push(told);
    const render = pool.render(makeTask('chatter', { onProgress: hear, onPreview: hear }), stop.signal);
    const outcome = expect(render).rejects.toBe('canceled');
    await until(() => heard.length === 1);
    stop.abort('canceled');
    await outcome;
    // The process has ended the first before it takes another.
    await pidOf(pool);
    expect(heard).toHaveLength(1);
  });

  it('kills and replaces a process that takes far too long', async () => {
    const pool = startPool(1);
    const before = await pidOf(pool);
    await expect(pool.render(makeTask('slow', { limitMs: 50 }), never)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await pidOf(pool)).not.toBe(before);
  });

  it('gives up a place in the line of those who wait when it is cancelled there', async () => {
    const pool = startPool(1);
    const stop = new AbortController();
    let hasBegun = false;
    const first = pool.render(makeTask('slow', { onProgress: () => (hasBegun = true) }), stop.signal);
    const ended = expect(first).rejects.toBe('canceled');
    await until(() => hasBegun);
    const waits = new AbortController();
    const second = pool.render(makeTask('music'), waits.signal);
    waits.abort('parked');
    await expect(second).rejects.toBe('parked');
    stop.abort('canceled');
    await ended;
    await expect(pidOf(pool)).resolves.toBeDefined();
  });

  it('is ready once a process is, and not while none can be started', async () => {
    const pool = startPool(1);
    await until(() => pool.isReady);
    const broken = startPool(1, { soundBank: 'broken' });
    await expect(broken.render(makeTask('music'), AbortSignal.timeout(500))).rejects.toThrow();
    expect(broken.isReady).toBe(false);
  });

  it('tells what it can render, also where nothing is rendered', async () => {
    expect(await startPool(1).describe()).toEqual([{ id: 'fixture-1' }]);
    expect(await startPool(0).describe()).toEqual([{ id: 'fixture-1' }]);
  });

  it('gives its processes nothing of the service’s environment, where the secrets are', async () => {
    const { message } = (await startPool(1)
      .render(makeTask('environment'), never)
      .catch((error) => error)) as Error;
    expect(JSON.parse(message).filter((name: string) => !name.startsWith('NODE_CHANNEL'))).toEqual([]);
  });

  it('leaves no process behind when it stops, nor when its service is killed', async () => {
    const pool = startPool(2);
    await until(() => pool.pids.length === 2);
    const pids = pool.pids;
    await pool.stop();
    expect(pids.some(isAlive)).toBe(false);

    const script = `const { RenderPool } = require(${JSON.stringify(compiledPool)});
      const pool = new RenderPool({ entry: ${JSON.stringify(entry)}, settings: {}, size: 2, logger: console });
      pool.start();
      setInterval(() => pool.pids.length === 2 && console.log(JSON.stringify(pool.pids)), 20);`;
    const service = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    service.stdout.on('data', (text) => (printed += text));
    await until(() => printed.includes(']'));
    const orphans = JSON.parse(printed.split('\n')[0]!) as number[];
    expect(orphans.every(isAlive)).toBe(true);
    service.kill('SIGKILL');
    await until(() => !orphans.some(isAlive));
  });
});
