// Whether the time of an answer tells what exists: two kinds of refused requests, one after the other, compared as samples.
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { median, rounded, startServer } from './servers.mjs';

const port = 18232;
const url = `http://127.0.0.1:${port}`;

export async function measure(context) {
  const env = environmentOf(context, 'auth');
  const key = makeKey(context, env);
  const gateway = await startServer(mainOf(context, 'auth'), [], { ...env, PORT: port }, `${url}/health/ready`);
  try {
    const other = await ask('POST', '/v1/auth/register', {
      body: { email: `timing-${Date.now()}@example.com`, password: 'a long pass phrase' },
    });
    const theirs = await ask('POST', '/v1/user/api-keys', {
      headers: { authorization: `Bearer ${other.body.access_token}` },
      body: { name: 'theirs', permissions: ['models:read'] },
    });
    const keyAt = (id) => ask('GET', `/v1/user/api-keys/${id}`, { headers: { 'x-api-key': key } });
    const unknownId = `key_${'0'.repeat(26)}`;
    const login = (email) => ask('POST', '/v1/auth/login', { body: { email, password: 'not the pass phrase' } });
    let i = 0;
    return [
      await compare(
        'login refused: unknown address : wrong password',
        { pairs: 300, status: 401 },
        () => login(`nobody-${i}@example.com`),
        // Each address once, so that none is locked.
        () => login(`known-${i}@example.com`),
        () => register(`known-${++i}@example.com`),
      ),
      await compare(
        'key not found: unknown id : another user’s',
        { pairs: 1_500, status: 404 },
        () => keyAt(unknownId),
        () => keyAt(theirs.body.id),
      ),
    ];
  } finally {
    await gateway.stop();
  }
}

const register = (email) => ask('POST', '/v1/auth/register', { body: { email, password: 'a long pass phrase' } });

/** Interleaved, so that whatever else the machine does falls on both alike. */
async function compare(what, { pairs, status }, first, second, prepare) {
  const samples = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 ? [1, 0] : [0, 1];
    if (prepare) await prepare();
    for (const which of order) {
      const answer = await [first, second][which]();
      if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
      samples[which].push(answer.ms);
    }
  }
  const [a, b] = samples;
  const z = mannWhitney(a, b);
  return {
    what,
    ratio: rounded(median(a) / median(b)),
    baseline: `median ${rounded(median(b))} ms`,
    measured: `median ${rounded(median(a))} ms, ${pairs} pairs, Mann–Whitney z ${rounded(z)}`,
    target: '|z| < 3',
  };
}

/** How many standard deviations the ranks of two samples lie apart (normal approximation; times have hardly any ties). */
function mannWhitney(a, b) {
  const ranked = [...a.map((ms) => ({ ms, isA: true })), ...b.map((ms) => ({ ms, isA: false }))].sort(
    (x, y) => x.ms - y.ms,
  );
  const rankSum = ranked.reduce((sum, { isA }, index) => sum + (isA ? index + 1 : 0), 0);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  return (u - mean) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
}

async function ask(method, path, { headers, body } = {}) {
  const init = { method, headers: { ...headers, ...(body && { 'content-type': 'application/json' }) } };
  const started = performance.now();
  const answer = await fetch(url + path, { ...init, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  const ms = performance.now() - started;
  return { ms, status: answer.status, body: text && JSON.parse(text) };
}
