// Requests with a key while logins saturate argon2, against the same requests before: whoever is signed in must not notice.
import autocannon from 'autocannon';
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { median, rounded, startServer } from './servers.mjs';

const port = 18231;
const url = `http://127.0.0.1:${port}`;
const rounds = 3;
const seconds = 5;
/** Far below what one core can answer: what is looked at is how long each waits, not how many there are. */
const perSecond = 200;

export async function measure(context) {
  const env = environmentOf(context, 'auth');
  const key = makeKey(context, env);
  const gateway = await startServer(mainOf(context, 'auth'), [], { ...env, PORT: port }, `${url}/health/ready`);
  try {
    const quiet = [];
    const flooded = [];
    let logins = 0;
    for (let round = 0; round < rounds; round++) {
      quiet.push(await withKey(key));
      const flood = startFlood(`${round}`);
      flooded.push(await withKey(key));
      logins += (await flood.stop()) / rounds / seconds;
    }
    const of = (results, name) => median(results.map((result) => result[name]));
    const row = (what, name, target) => ({
      what,
      ratio: rounded(of(quiet, name) / of(flooded, name)),
      baseline: `quiet: ${of(quiet, name)} ms`,
      measured: `under ${Math.round(logins)} logins/s: ${of(flooded, name)} ms`,
      target,
    });
    return [
      row('request with a key, p50: quiet : login flood', 'p50', 0.91),
      row('request with a key, p99: quiet : login flood', 'p99', 0.5),
    ];
  } finally {
    await gateway.stop();
  }
}

async function withKey(key) {
  const target = { url: `${url}/v1/user/api-keys`, headers: { 'x-api-key': key } };
  const { latency, non2xx, errors } = await autocannon({
    ...target,
    connections: 4,
    overallRate: perSecond,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} refused, ${errors} failed`);
  return latency;
}

/** Wrong passwords of ever other addresses, more at once than there are threads for them. */
function startFlood(name) {
  let count = 0;
  let isStopped = false;
  const loginForever = async (lane) => {
    for (let i = 0; !isStopped; i++) {
      const email = `flood-${name}-${lane}-${i}@example.com`;
      const answer = await fetch(`${url}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'a wrong pass phrase' }),
      });
      await answer.arrayBuffer();
      count++;
    }
  };
  const lanes = Array.from({ length: 16 }, (_, lane) => loginForever(lane));
  return {
    async stop() {
      isStopped = true;
      await Promise.all(lanes);
      return count;
    },
  };
}
