// A warm token over NATS, against a bare subscription that answers with the same bytes; and envelopes opened per second of CPU.
import { connect, headers as natsHeaders, nkeyAuthenticator } from 'nats';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { environmentOf, mainOf } from './installation.mjs';
import { rounded, startServer } from './servers.mjs';

const raw = path.join(import.meta.dirname, 'raw-hop.mjs');
const at = (port) => `http://127.0.0.1:${port}`;
const [rounds, secondsEach, callers] = [5, 3, 32];

export async function measure(context) {
  return [...(await measureTokens(context)), measureEnvelopes(context)];
}

async function measureTokens(context) {
  const vaultEnv = { ...environmentOf(context, 'vault'), VAULT_KEYS_FILE: context.secrets.vaultKeysFile };
  const vault = await startServer(
    mainOf(context, 'vault'),
    [],
    { ...vaultEnv, HEALTH_PORT: '18231' },
    `${at(18231)}/health/ready`,
  );
  const connection = await connect({
    servers: context.info.natsUrl,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(context.secrets.services.auth.nkeySeed)),
    inboxPrefix: '_INBOX_auth',
    noAsyncTraces: true,
  });
  const principal = {
    ...{ user_id: id('user'), session_id: id('sess'), method: 'password', mode: 'live', tier: 'pro', role: 'user' },
    ...{ permissions: ['credentials:write', 'credentials:token'], origin: 'request' },
  };
  const ask = (subject, body) =>
    connection.request(subject, JSON.stringify(body), { timeout: 10_000, headers: headersOf(principal) });
  const credential = {
    id: id('cred'),
    platform: 'spotify',
    fields: {
      client_id: 'a'.repeat(32),
      client_secret: 'b'.repeat(32),
      access_token: randomBytes(120).toString('base64url'),
    },
    activate: true,
  };
  const created = JSON.parse((await ask('vault.v1.credential.create', credential)).string());
  if (created.error) throw new Error(JSON.stringify(created.error));

  const question = { platform: 'spotify' };
  const wire = (await ask('vault.v1.token.issue_to_user', question)).string();
  if (!JSON.parse(wire).ok?.access_token) throw new Error(wire);
  const ANSWER = wire;
  const rawEnv = { NATS_URL: context.info.natsUrl, NATS_NKEY_SEED: context.secrets.services.musicgen.nkeySeed };
  const responder = await startServer(raw, ['musicgen'], { ...rawEnv, ANSWER, PORT: '18232' }, at(18232));

  const ours = { ask: () => ask('vault.v1.token.issue_to_user', question), process: vault, runs: [] };
  const bare = { ask: () => ask('musicgen.v1.model.get', question), process: responder, runs: [] };
  for (const target of [bare, ours]) await load(target, 1);
  for (let i = 0; i < rounds; i++) for (const target of [bare, ours]) target.runs.push(await load(target, secondsEach));
  await connection.close();
  await Promise.all([vault.stop(), responder.stop()]);

  const [a, b] = [medians(bare.runs), medians(ours.runs)];
  const row = (what, target, ratio, unit) => ({
    what: `a warm token over NATS : raw request/reply with the same bytes (${what})`,
    ratio: rounded(ratio),
    baseline: unit(a),
    measured: unit(b),
    target,
  });
  return [
    row('CPU of the answering process', '', a.cpuUs / b.cpuUs, ({ cpuUs }) => `${Math.round(cpuUs)} µs`),
    row(
      'requests per second',
      '≥ 0.70',
      b.perSecond / a.perSecond,
      ({ perSecond, p99 }) => `${Math.round(perSecond)}/s, p99 ${p99} ms`,
    ),
  ];
}

/** So many callers, each of whom asks again as soon as he has his answer. */
async function load({ ask, process }, seconds) {
  const [cpu, start, end] = [process.cpuMs(), performance.now(), performance.now() + seconds * 1_000];
  const times = [];
  const one = async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      await ask();
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  const sorted = times.toSorted((x, y) => x - y);
  return {
    cpuUs: ((process.cpuMs() - cpu) * 1_000) / times.length,
    perSecond: (times.length * 1_000) / (performance.now() - start),
    p99: rounded(sorted[Math.floor(sorted.length * 0.99)]),
  };
}

const median = (values) => values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)];
const medians = (runs) =>
  Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]));

function headersOf(principal) {
  const headers = natsHeaders();
  headers.set('request-id', 'req_01KA3V5T9ZXJ8Q4N6M2R7W1YBC');
  headers.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  headers.set('deadline', String(Date.now() + 600_000));
  headers.set('principal', JSON.stringify(principal));
  return headers;
}

const id = (prefix) => `${prefix}_01KA3V5T9ZXJ8Q4N6M2R7W1YBC`;

/** In a process of its own, with nothing else in it. */
const measureEnvelopes = ({ root }) =>
  JSON.parse(execFileSync(process.execPath, [path.join(import.meta.dirname, 'vault-envelopes.mjs'), root]).toString());
