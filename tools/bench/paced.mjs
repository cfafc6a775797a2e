// Requests at an even rate whatever their answers take, so that slow ones hold none back and none is left out; timed to the
// microsecond, from the moment each is sent.
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** Milliseconds of each request, sorted. */
export async function paced({ url, headers, perSecond, seconds, connections = 4 }) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const ask = async () => {
    const sent = performance.now();
    const { statusCode, body } = await pool.request({ path: pathname, method: 'GET', headers });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text}`);
    return performance.now() - sent;
  };
  try {
    // Connected, and compiled.
    await Promise.all(Array.from({ length: connections }, ask));
    const started = performance.now();
    const asked = [];
    for (let i = 0; i < perSecond * seconds; i++) {
      const ahead = started + (i * 1000) / perSecond - performance.now();
      if (ahead > 0) await wait(ahead);
      asked.push(ask());
    }
    return (await Promise.all(asked)).sort((a, b) => a - b);
  } finally {
    await pool.close();
  }
}

/** Of sorted values. */
export const percentile = (sorted, part) => sorted[Math.ceil(sorted.length * part) - 1];
