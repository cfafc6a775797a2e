// What a user feels of the queue: how soon a generation starts, is heard, and stops; and what a thousand of them leave in memory.
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { median, rounded, startServer } from './servers.mjs';

const base = 'http://127.0.0.1:18222';
const health = 'http://127.0.0.1:18221/health/ready';
const runs = 20;
const jobs = 1_000;
/** By then everything has been loaded and compiled. */
const warmAfter = 200;
const atOnce = 8;
/** When a long piece is cancelled: how far in a phase, in milliseconds, and with what to have it last. */
const cancels = [
  ...[0, 100, 300].map((after) => ({ phase: 'composing', after })),
  ...[0, 500, 5_000].map((after) => ({ phase: 'rendering', after })),
  ...[0, 500, 5_000].map((after) => ({ phase: 'encoding', after })),
  ...[0, 1_000].map((after) => ({ phase: 'verifying', after, more: { stems: true } })),
];

/** Times in milliseconds against what they may be. */
const row = (what, limitMs, times) => ({
  what: `${what} : ${limitMs} ms`,
  // Clocks that tell whole milliseconds may say 0.
  ratio: rounded(limitMs / Math.max(1, median(times))),
  baseline: `${limitMs} ms`,
  measured: `median ${Math.round(median(times))} ms, slowest ${Math.round(Math.max(...times))} ms`,
  target: 1,
});

export async function measure(context) {
  const env = environmentOf(context, 'auth');
  const headers = { 'x-api-key': makeKey(context, env), 'content-type': 'application/json' };
  const serviceEnv = { ...environmentOf(context, 'musicgen'), HEALTH_PORT: '18221', RENDER_PROCESSES: '1' };
  const service = await startServer(mainOf(context, 'musicgen'), [], serviceEnv, health);
  const gateway = await startServer(mainOf(context, 'auth'), [], { ...env, PORT: '18222' }, `${base}/health/ready`);
  const ask = async (path, options = {}) => {
    const response = await fetch(`${base}${path}`, { headers, ...options });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const create = async (request) =>
    (await ask('/v1/generate', { method: 'POST', body: JSON.stringify(request) })).json();
  const done = async (id) => {
    let generation;
    // A stream may end before the generation does: then it is opened again.
    do {
      await (await ask(`/v1/generate/${id}/events`)).text();
      generation = await (await ask(`/v1/generate/${id}`)).json();
    } while (generation.state !== 'done');
    if (generation.status !== 'succeeded') throw new Error(`${id} ${generation.status}`);
    return generation;
  };
  try {
    await done((await create({ prompt: 'warm', duration: 5 })).id);
    return [
      await started({ create, done }),
      await heard({ ask, create, done }),
      await freed({ ask, create, done }),
      await memory(service, { create, done }),
    ];
  } finally {
    await Promise.all([service.stop(), gateway.stop()]);
  }
}

async function started({ create, done }) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const { started_at, created_at } = await done(
      (await create({ prompt: 'house', duration: 1, formats: ['mp3'] })).id,
    );
    times.push(Date.parse(started_at) - Date.parse(created_at));
  }
  return row('accepted → started, idle', 20, times);
}

async function heard({ ask, create, done }) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const { id } = await create({ prompt: 'upbeat jazz with saxophone', duration: 30, seed: i });
    const accepted = performance.now();
    const { body } = await ask(`/v1/generate/${id}/audio?format=mp3`);
    const reader = body.getReader();
    for (let bytes = 0; bytes < 8_000;) bytes += (await reader.read()).value.length;
    times.push(performance.now() - accepted);
    await reader.cancel();
    await done(id);
  }
  return row('accepted → half a second of audio at the HTTP client', 200, times);
}

/** From a long piece's cancel until its process has begun with the next piece. */
async function freed({ ask, create, done }) {
  const times = [];
  for (const { phase, after, more } of cancels) {
    const { id } = await create({ prompt: 'upbeat jazz with saxophone', duration: 600, ...more });
    const next = await create({ prompt: 'house', duration: 1, formats: ['mp3'] });
    await told(ask, id, `"status":"${phase}"`);
    await wait(after);
    const begun = told(ask, next.id, 'event: progress');
    const asked = performance.now();
    await ask(`/v1/generate/${id}/cancel`, { method: 'POST' });
    await begun;
    times.push(performance.now() - asked);
    await done(next.id);
  }
  return row('cancel → worker free, 600 s piece', 1_000, times);
}

/** Settles when a generation's events hold a text. */
async function told(ask, id, text) {
  for (;;) {
    const { body } = await ask(`/v1/generate/${id}/events`);
    let events = '';
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      if ((events += piece).includes(text)) return;
    }
  }
}

async function memory(service, { create, done }) {
  const kib = [];
  for (let i = 0; i < jobs; i += atOnce) {
    const asked = Array.from({ length: atOnce }, (_, n) =>
      create({ prompt: `techno ${i + n}`, duration: 1, formats: ['mp3'] }),
    );
    for (const { id } of await Promise.all(asked)) await done(id);
    if (i >= warmAfter) kib.push(memoryOf(service.pid));
    await wait(0);
  }
  // Means of many samples: a single one tells where the garbage collector is.
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const part = Math.floor(kib.length / 4);
  const [early, late] = [mean(kib.slice(0, part)), mean(kib.slice(-part))];
  const mib = (value) => `${Math.round(value / 1024)} MiB`;
  return {
    what: `memory of worker and render process, jobs ${warmAfter} to ${warmAfter + (jobs - warmAfter) / 4} : the last quarter of ${jobs}`,
    ratio: rounded(early / late),
    baseline: mib(early),
    measured: mib(late),
    target: 0.9,
  };
}

/** Resident, of a process and its children. */
function memoryOf(pid) {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const own = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(own?.[1] ?? 0) + children.reduce((sum, child) => sum + memoryOf(child), 0);
}
