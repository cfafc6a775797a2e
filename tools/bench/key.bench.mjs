// A route with API key, limit, rate limit headers and request log, against the same empty route without any of them.
import path from 'node:path';
import { command, interleaved, rounded, startServer } from './servers.mjs';

const manyRequests = JSON.stringify({
  requests_per_hour: 1_000_000_000,
  generations_per_day: 1,
  longest_piece: 30,
  concurrent_generations: 1,
  audio_days: 1,
});

export async function measure({ root, info, secrets, roleUrl }) {
  const dist = path.join(root, 'dist/apps/auth-gateway/apps/auth-gateway');
  const { databasePassword, databaseOwnerPassword, nkeySeed } = secrets.services.auth;
  const url = (role, password) => roleUrl(info.postgresUrl, 'bench', role, password);
  const env = {
    NATS_URL: info.natsUrl,
    NATS_NKEY_SEED: nkeySeed,
    DATABASE_URL: url('auth', databasePassword),
    PUBLIC_URL: 'http://127.0.0.1',
    GATEWAY_KEYS_FILE: secrets.gatewayKeysFile,
    STORAGE_DIR: path.join(info.folder, 'storage'),
    TIERS: `{"free":${manyRequests},"pro":${manyRequests},"enterprise":${manyRequests}}`,
  };
  const main = path.join(dist, 'src/main.js');
  command(main, ['migrate'], { DATABASE_URL: url('auth_owner', databaseOwnerPassword) });
  const user = JSON.parse(
    command(main, ['create-user', '--email', 'bench@example.com', '--keys'], env, 'a long pass phrase'),
  );

  const server = path.join(dist, 'bench/server.js');
  const kinds = { bare: '18201', nest: '18202', gateway: '18203' };
  const servers = {};
  for (const [kind, PORT] of Object.entries(kinds)) servers[kind] = await startServer(server, [kind], { ...env, PORT });
  try {
    const target = (kind, headers) => ({
      url: `http://127.0.0.1:${kinds[kind]}/v1/empty`,
      headers,
      processes: [servers[kind]],
    });
    const results = await interleaved({
      bare: target('bare'),
      nest: target('nest'),
      gateway: target('gateway', { 'x-api-key': user.api_key_live }),
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
