// How soon a revoked key is refused by three gateways on one database and one nats-server, revoked at each of them in turn.
import { environmentOf, mainOf, makeKey } from './installation.mjs';
import { percentile } from './paced.mjs';
import { median, rounded, startServer } from './servers.mjs';

const replicas = [18241, 18242, 18243].map((port) => ({ port, url: `http://127.0.0.1:${port}` }));
const revocations = 200;
const wantedMs = 1_000;

export async function measure(context) {
  const env = environmentOf(context, 'auth');
  makeKey(context, env);
  const servers = [];
  try {
    for (const { port, url } of replicas) {
      // One issuer of access tokens: each knows what another has signed.
      servers.push(await startServer(mainOf(context, 'auth'), [], { ...env, PORT: port }, `${url}/health/ready`));
    }
    const [{ url }] = replicas;
    const { status, body } = await ask(url, 'POST', '/v1/auth/register', {
      body: { email: `revocation-${Date.now()}@example.com`, password: 'a long pass phrase' },
    });
    if (status !== 201) throw new Error(`registered: ${status} ${JSON.stringify(body)}`);
    const times = [];
    for (let i = 0; i < revocations; i++) {
      times.push(await revoke(replicas[i % replicas.length], { authorization: `Bearer ${body.access_token}` }));
    }
    times.sort((a, b) => a - b);
    const p99 = percentile(times, 0.99);
    return [
      {
        what: `revoked → refused at every one of three replicas, p99 of ${revocations}`,
        ratio: rounded(wantedMs / p99),
        baseline: `${wantedMs} ms`,
        measured: `p99 ${Math.round(p99)} ms, median ${Math.round(median(times))} ms, slowest ${Math.round(times.at(-1))} ms`,
        target: 1,
      },
    ];
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** Milliseconds from when the revocation of a new key, which every replica knows, is sent until all of them have refused the key. */
async function revoke(at, headers) {
  const asked = await ask(at.url, 'POST', '/v1/user/api-keys', {
    headers,
    body: { name: 'to be revoked', permissions: ['api-keys:manage'] },
  });
  if (asked.status !== 201) throw new Error(`key made: ${asked.status} ${JSON.stringify(asked.body)}`);
  const { id, key } = asked.body;
  const use = async ({ url }) => (await ask(url, 'GET', '/v1/user/api-keys', { headers: { 'x-api-key': key } })).status;
  const everywhere = () => Promise.all(replicas.map(use));
  expectAll(200, await everywhere());
  const sent = performance.now();
  const refused = async (replica) => {
    while ((await use(replica)) !== 401);
    return performance.now() - sent;
  };
  const others = replicas.filter((replica) => replica !== at).map(refused);
  const { status } = await ask(at.url, 'DELETE', `/v1/user/api-keys/${id}`, { headers });
  if (status !== 204) throw new Error(`revoked: ${status}`);
  const times = await Promise.all([refused(at), ...others]);
  expectAll(401, await everywhere());
  return Math.max(...times);
}

function expectAll(wanted, statuses) {
  if (statuses.some((status) => status !== wanted)) throw new Error(`${statuses} instead of ${wanted}`);
}

async function ask(url, method, path, { headers, body } = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}
