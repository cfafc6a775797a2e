// A route with API key, limit, rate limit headers and request log, against the same empty route without any of them.
import path from 'node:path';
import { environmentOf, makeKey } from './installation.mjs';
import { interleaved, rounded, startServer } from './servers.mjs';

export async function measure(context) {
  const dist = path.join(context.root, 'dist/apps/auth-gateway/apps/auth-gateway');
  const env = environmentOf(context, 'auth');
  const key = makeKey(context, env);

  const server = path.join(dist, 'bench/server.js');
  const kinds = { bare: '18201', nest: '18202', gateway: '18203' };
  const servers = {};
  for (const [kind, PORT] of Object.entries(kinds)) {
    servers[kind] = await startServer(server, [kind], { ...env, PORT }, `http://127.0.0.1:${PORT}/v1/empty`);
  }
  try {
    const target = (kind, headers) => ({
      url: `http://127.0.0.1:${kinds[kind]}/v1/empty`,
      headers,
      processes: [servers[kind]],
    });
    const results = await interleaved({
      bare: target('bare'),
      nest: target('nest'),
      gateway: target('gateway', { 'x-api-key': key }),
    });
    const row = (what, baseline, target) => ({
      what,
      ratio: rounded(results.nest.cpuMs / results.gateway.cpuMs),
      baseline: `${baseline}: ${Math.round(results.nest.cpuMs)} µs`,
      measured: `${Math.round(results.gateway.cpuMs)} µs, ${results.gateway.perSecond}/s`,
      target,
    });
    return [
      row('route with key, limit, headers : empty Nest route', 'CPU per request', 0.8),
      {
        ...row('route with key, limit, headers : bare Fastify', 'CPU per request', ''),
        ratio: rounded(results.bare.cpuMs / results.gateway.cpuMs),
        baseline: `CPU per request: ${Math.round(results.bare.cpuMs)} µs`,
      },
    ];
  } finally {
    await Promise.all(Object.values(servers).map((one) => one.stop()));
  }
}
