// node tools/smoke/smoke.mjs [base URL]: walks through a running installation as a new user would, and stops at the first
// thing that is wrong. Register, log in, make a key, ask for music, wait, download, check that the file is that music.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const base = process.argv[2] ?? 'http://127.0.0.1:3000';
const seconds = 5;

async function ask(method, path, { headers = {}, body, expect = 200 } = {}) {
  const response = await fetch(new URL(path, base), {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  if (response.status !== expect) {
    throw new Error(`${method} ${path}: ${response.status} instead of ${expect}: ${await response.text()}`);
  }
  return response;
}

const json = async (...args) => (await ask(...args)).json();
const step = async (what, work) => {
  const started = performance.now();
  const result = await work();
  console.log(`ok  ${what} (${Math.round(performance.now() - started)} ms)`);
  return result;
};

/** Seconds of a PCM WAV file, from its own header. */
function wavSeconds(file) {
  const view = new DataView(file);
  const word = (at) => String.fromCharCode(...new Uint8Array(file, at, 4));
  if (word(0) !== 'RIFF' || word(8) !== 'WAVE') throw new Error('the file is no WAV file');
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= file.byteLength; at += 8 + view.getUint32(at + 4, true)) {
    if (word(at) === 'fmt ') bytesPerSecond = view.getUint32(at + 16, true);
    if (word(at) === 'data') return view.getUint32(at + 4, true) / bytesPerSecond;
  }
  throw new Error('the WAV file has no data');
}

async function finished(id, headers) {
  for (;;) {
    const generation = await json('GET', `/v1/generate/${id}`, { headers });
    if (generation.status === 'succeeded') return generation;
    if (generation.state === 'done')
      throw new Error(`the generation ended ${generation.status}: ${generation.error?.message}`);
    await wait(generation.poll_after_ms ?? 250);
  }
}

try {
  const email = `smoke-${randomBytes(6).toString('hex')}@example.com`;
  const password = randomBytes(12).toString('base64url');
  await step('register', () => ask('POST', '/v1/auth/register', { body: { email, password }, expect: 201 }));
  const session = await step('log in', () =>
    json('POST', '/v1/auth/login', { body: { email, password, mode: 'test' } }),
  );
  const bearer = { authorization: `Bearer ${session.access_token}` };
  const { key } = await step('make an API key', () =>
    json('POST', '/v1/user/api-keys', {
      headers: bearer,
      body: { name: 'smoke', permissions: ['generate', 'models:read'] },
      expect: 201,
    }),
  );
  const headers = { 'x-api-key': key };
  const { id } = await step('ask for music', () =>
    json('POST', '/v1/generate', {
      headers,
      body: { prompt: 'upbeat jazz with saxophone', duration: seconds },
      expect: 202,
    }),
  );
  await step(`${seconds} seconds of music are made`, () => finished(id, headers));
  const wav = await step('download', async () =>
    (await ask('GET', `/v1/generate/${id}/audio?format=wav`, { headers })).arrayBuffer(),
  );
  const length = wavSeconds(wav);
  if (Math.abs(length - seconds) > 0.001) throw new Error(`the file is ${length} s long instead of ${seconds} s`);
  console.log(`ok  the file is ${length} s of audio`);
} catch (error) {
  console.error(`FAILED ${error.message}`);
  process.exit(1);
}
