// Server processes for benchmarks, and the load on them. Ratios are of CPU time per request: unlike requests per second
// they do not depend on the load generator, nor on what else the machine does.
import autocannon from 'autocannon';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Starts a compiled file with an IPC channel; settles when it says 'ready'. */
export async function startServer(file, args, env) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    // Logs as in production: written, and read by nobody.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [word] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (word !== 'ready') throw new Error(`${path.basename(file)} ${args.join(' ')} did not start`);
  return {
    port: env.PORT,
    async cpuMs() {
      child.send('cpu');
      const [{ user, system }] = await once(child, 'message');
      return (user + system) / 1000;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** CPU milliseconds per 1,000 requests over the given processes, and the throughput, of one round. */
export async function round(url, headers, processes, seconds = 4, connections = 32) {
  const cpu = async () => (await Promise.all(processes.map((server) => server.cpuMs()))).reduce((a, b) => a + b, 0);
  await autocannon({ url, headers, connections, duration: 1 });
  const before = await cpu();
  const result = await autocannon({ url, headers, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return {
    cpuMs: ((await cpu()) - before) / (result.requests.total / 1000),
    perSecond: Math.round(result.requests.average),
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

/** Rounds of several targets, interleaved, so that whatever else the machine does falls on all of them alike. */
export async function interleaved(targets, rounds = 3) {
  const results = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let i = 0; i < rounds; i++) {
    for (const [name, { url, headers, processes }] of Object.entries(targets)) {
      results[name].push(await round(url, headers, processes));
    }
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.fromEntries(
    Object.entries(results).map(([name, list]) => [
      name,
      Object.fromEntries(['cpuMs', 'perSecond', 'p50', 'p99'].map((key) => [key, median(list.map((r) => r[key]))])),
    ]),
  );
}

/** Runs `main.js <args>` of a service and gives back what it prints. */
export const command = (file, args, env, input = '') =>
  execFileSync(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env }, input }).toString();

export const rounded = (value) => Math.round(value * 1000) / 1000;
