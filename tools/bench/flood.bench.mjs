// Requests with a key while logins saturate argon2, against the same requests before: whoever is signed in must not notice.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { paced, percentile } from './paced.mjs';
import { median, rounded, startServer } from './servers.mjs';

const port = 18231;
const url = `http://127.0.0.1:${port}`;
const rounds = 7;
const seconds = 4;
/** Far below what one core can answer: what is looked at is how long each waits, not how many there are. */
const perSecond = 200;
/** Far more than there are threads for them, fewer than may wait. */
const lanes = 16;

export async function measure(context) {
  const env = environmentOf(context, 'auth');
  const key = makeKey(context, env);
  const gateway = await startServer(mainOf(context, 'auth'), [], { ...env, PORT: port }, `${url}/health/ready`);
  const withKey = () => paced({ url: `${url}/v1/user/api-keys`, headers: { 'x-api-key': key }, perSecond, seconds });
  const quiet = [];
  const flooded = [];
  const floods = [];
  try {
    await withKey();
    for (let round = 0; round < rounds; round++) {
      quiet.push(await withKey());
      const flood = startFlood(`${Date.now()}`);
      flooded.push(await withKey());
      floods.push(await flood.stop());
    }
  } finally {
    await gateway.stop();
  }
  const of = (results, part) => median(results.map((sorted) => percentile(sorted, part)));
  const logins = Math.round(median(floods.map((flood) => flood.perSecond)));
  const loginMs = Math.round(median(floods.map((flood) => flood.medianMs)));
  const row = (name, part, target) => ({
    what: `request with a key, ${name}: quiet : login flood`,
    ratio: rounded(of(quiet, part) / of(flooded, part)),
    baseline: `quiet: ${rounded(of(quiet, part))} ms`,
    measured: `${rounded(of(flooded, part))} ms under ${logins} logins/s, ${lanes} at once of ${loginMs} ms each`,
    target,
  });
  return [row('p50', 0.5, 0.91), row('p99', 0.99, 0.5)];
}

function startFlood(name) {
  const file = path.join(import.meta.dirname, 'login-flood.mjs');
  const child = spawn(process.execPath, [file, url, name, `${lanes}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  return {
    async stop() {
      child.stdin.end();
      return JSON.parse(await output);
    },
  };
}
