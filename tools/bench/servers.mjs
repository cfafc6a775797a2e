// Server processes for benchmarks, and the load on them. Ratios are of CPU time per request: unlike requests per second
// they do not depend on the load generator, nor on what else the machine does.
import autocannon from 'autocannon';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Starts a server and settles when the address answers; its logs are written as in production, and read by nobody. */
export async function startServer(file, args, env, readyUrl) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const answers = () =>
    fetch(readyUrl).then(
      (response) => response.status < 500,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${path.basename(file)} ${args.join(' ')} did not start`);
    await wait(50);
  }
  return {
    pid: child.pid,
    cpuMs: () => cpuMs(child.pid),
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** CPU time that a process has used, from /proc (its clock ticks are 10 ms everywhere on Linux). */
function cpuMs(pid) {
  const [user, system] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** What a target's processes use for a second of requests, and how these are answered. */
async function load({ url, headers, processes, isRefused = false }, duration = 1) {
  const cpu = () => processes.reduce((sum, server) => sum + server.cpuMs(), 0);
  const before = cpu();
  const result = await autocannon({ url, headers, connections: 32, duration });
  const unexpected = isRefused ? result['2xx'] : result.non2xx;
  if (unexpected > 0 || result.errors > 0) {
    const answer = await (await fetch(url, { headers })).text();
    throw new Error(`${url}: ${unexpected} answered otherwise than expected, ${result.errors} failed; now: ${answer}`);
  }
  const { total, average } = result.requests;
  return { cpuMs: (cpu() - before) / (total / 1000), perSecond: Math.round(average), p50: result.latency.p50 };
}

/**
 * Medians of what several targets use, in milliseconds of CPU time for 1,000 requests. They are asked in turns of a second,
 * since a machine gets slower while it works, and in several rounds with processes of their own: where its memory happens to
 * lie makes one up to a sixth faster than the next for life. `start` gives the targets; it starts servers with what it is
 * given, `startServer` but that they are stopped when their round is over, or did not begin.
 */
export async function inTurns(start, rounds = 4, turns = 4) {
  const results = {};
  for (let i = 0; i < rounds; i++) {
    const servers = [];
    const startHere = async (...args) => {
      const server = await startServer(...args);
      servers.push(server);
      return server;
    };
    try {
      const targets = await start(startHere);
      // Until all is compiled.
      for (const target of Object.values(targets)) await load(target, 3);
      for (let turn = 0; turn < turns; turn++) {
        for (const [name, target] of Object.entries(targets)) (results[name] ??= []).push(await load(target));
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
  return Object.fromEntries(
    Object.entries(results).map(([name, list]) => [
      name,
      Object.fromEntries(['cpuMs', 'perSecond', 'p50'].map((key) => [key, median(list.map((r) => r[key]))])),
    ]),
  );
}

export const rounded = (value) => Math.round(value * 1000) / 1000;

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
