// Started by flood.bench.mjs: logins of ever other addresses with wrong passwords, more at once than there are threads for
// them, until standard input ends. Prints how many were answered, and how long the median of them took.
import os from 'node:os';
import { Pool } from 'undici';

const [origin, name, lanes] = process.argv.slice(2);
// Whatever it costs to ask is no part of what is measured beside it.
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const pool = new Pool(origin, { connections: Number(lanes), pipelining: 1 });
const times = [];
let isStopped = false;
process.stdin.on('end', () => (isStopped = true)).resume();

async function loginForever(lane) {
  for (let i = 0; !isStopped; i++) {
    const sent = performance.now();
    const { statusCode, body } = await pool.request({
      path: '/v1/auth/login',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `flood-${name}-${lane}-${i}@example.com`, password: 'a wrong pass phrase' }),
    });
    const text = await body.text();
    if (statusCode !== 401) throw new Error(`a login of the flood: ${statusCode} ${text}`);
    times.push(performance.now() - sent);
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => loginForever(lane)));
const seconds = (performance.now() - started) / 1000;
await pool.close();
const medianMs = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
console.log(JSON.stringify({ perSecond: times.length / seconds, medianMs }));
