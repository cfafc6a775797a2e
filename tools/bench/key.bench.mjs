// An empty route with authentication, limit and headers, against the same route on the same Nest and Fastify without them; both
// log each request as in production.
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBetterAuth } from './better-auth/start.mjs';
import { environmentOf, makeKey } from './installation.mjs';
import { inTurns, rounded } from './servers.mjs';

export async function measure(context) {
  const dist = path.join(context.root, 'dist/apps/auth-gateway/apps/auth-gateway');
  const env = environmentOf(context, 'auth');
  const key = makeKey(context, env);

  const server = path.join(dist, 'bench/server.js');
  const kinds = { bare: '18201', nest: '18202', gateway: '18203', headers: '18205' };
  const url = (kind) => `http://127.0.0.1:${kinds[kind]}/v1/empty`;
  const betterAuth = await startBetterAuth(context);
  try {
    const results = await inTurns(async (startServer) => {
      const servers = {};
      for (const [kind, PORT] of Object.entries(kinds)) {
        servers[kind] = await startServer(server, [kind], { ...env, PORT }, url(kind));
      }
      const token = await accessTokenOf(kinds.gateway, key);
      // The checksum at its end does not fit.
      const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
      const target = (kind, headers = {}, isRefused = false) => ({
        url: url(kind),
        headers,
        isRefused,
        processes: [servers[kind]],
      });
      return {
        bare: target('bare'),
        nest: target('nest'),
        headers: target('headers'),
        key: target('gateway', { 'x-api-key': key }),
        token: target('gateway', { authorization: `Bearer ${token}` }),
        wrong: target('gateway', { 'x-api-key': wrong }, true),
        ...(betterAuth.target && { betterAuth: betterAuth.target }),
      };
    });
    const row = (what, name, baseline, target) => ({
      what,
      ratio: rounded(results[baseline].cpuMs / results[name].cpuMs),
      baseline: `CPU per request: ${rounded(results[baseline].cpuMs)} µs`,
      measured: `${rounded(results[name].cpuMs)} µs, ${results[name].perSecond}/s`,
      target,
    });
    return [
      row('key, limit, headers : empty Nest route with the same log', 'key', 'nest', 0.8),
      row('cached JWT, limit, headers : empty Nest route with the same log', 'token', 'nest', 0.78),
      row('key with a wrong checksum : empty Nest route with the same log', 'wrong', 'nest', 0.95),
      row('key, limit, headers : Nest route with the same log and headers', 'key', 'headers', ''),
      row('key, limit, headers : bare Fastify without log', 'key', 'bare', ''),
      row('empty Nest route with log : bare Fastify without log', 'nest', 'bare', ''),
      comparison(results, betterAuth.problem),
    ];
  } finally {
    await betterAuth.server?.stop();
  }
}

/** On the same Postgres, whose own work is in no figure. */
function comparison({ key, betterAuth }, problem) {
  const figures = ({ cpuMs, perSecond }) => `${rounded(cpuMs)} µs, ${perSecond}/s`;
  return {
    what: "key, limit: better-auth's plugin on bare Fastify : ours",
    ratio: problem ? '' : rounded(betterAuth.cpuMs / key.cpuMs),
    baseline: problem ? `not measured: ${problem}` : `CPU per request: ${figures(betterAuth)}`,
    measured: figures(key),
    target: '',
  };
}

/** Once the gateway can: it answers before it has reached its database. */
async function accessTokenOf(port, key) {
  for (;;) {
    const login = await fetch(`http://127.0.0.1:${port}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: key }),
    });
    const answer = await login.json();
    if (login.ok) return answer.access_token;
    if (login.status !== 503) throw new Error(`no access token: ${JSON.stringify(answer)}`);
    await wait(100);
  }
}
