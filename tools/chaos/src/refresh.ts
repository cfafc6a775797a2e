import type { AppError } from '@musicgen/error-codes';
import { waitFor } from '@musicgen/embedded';
import { issueToken, type IssuedToken } from '@musicgen/platform-contracts';
import { newCall, type RpcClient } from '@musicgen/service-kit';
import { setTimeout as wait } from 'node:timers/promises';
import { checkEach, checkThat, figure, type Check } from './check';
import { connect, platform, startVaults, type Connected } from './vaults';
import type { Sandbox } from './sandbox';
import type { Program } from './unit';
import type { World } from './world';

const runs = 30;
const fullCallers = 1_000;
const replicas = 3;
/** In every tenth run the lock's holder dies while the platform has its request. */
const killedEvery = 10;
const connections = 10;
const callMs = 20_000;
const tries = 5;

interface Run {
  number: number;
  isKilled: boolean;
  /** Requests at the platform, and how many of them it has done. */
  asked: number;
  done: number;
  tokens: number;
  /** Callers who asked again, because whom they had asked was dead. */
  repeated: number;
  ms: number;
}

/** Everybody wants the same expired token at once. */
export async function refresh(world: World, scale: number): Promise<Check[]> {
  const sandbox = await world.sandbox();
  const vaults = await startVaults(world, replicas, { env: { SANDBOX_URL: sandbox.url } });
  const auth = await world.client('auth');
  const callers = await Promise.all(Array.from({ length: connections }, () => world.client('spotify')));
  const crowd = Math.max(100, Math.round(fullCallers * scale));
  const all: Run[] = [];
  for (let number = 1; number <= Math.max(killedEvery, Math.round(runs * scale)); number++) {
    all.push(await run({ number, sandbox, vaults, auth, callers, crowd, world }));
  }
  const quiet = all.filter(({ isKilled }) => !isKilled);
  const killed = all.filter(({ isKilled }) => isKilled);
  const say = ({ number, asked, done, tokens }: Run) =>
    `run ${number}: ${asked} requests, ${done} of them done, ${tokens} different tokens`;
  const median = quiet.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(quiet.length / 2)]!;
  return [
    checkEach(`${crowd} callers on ${replicas} replicas: exactly one request at the platform`, quiet, (one) =>
      one.asked === 1 && one.done === 1 ? undefined : say(one),
    ),
    checkEach('lock holder killed at the platform: renewed once, with one request more than that', killed, (one) =>
      one.asked === 2 && one.done === 1 ? undefined : say(one),
    ),
    checkEach('all callers get the same token', all, (one) => (one.tokens === 1 ? undefined : say(one))),
    checkEach('nobody has to ask again while nobody dies', quiet, ({ number, repeated }) =>
      repeated === 0 ? undefined : `run ${number}: ${repeated} callers`,
    ),
    checkThat('runs in which the lock holder was killed', killed.length, killed.length === Math.floor(all.length / 10)),
    figure('callers who asked again after the kill', killed.map(({ repeated }) => repeated).join(', ')),
    figure('until the last caller has it: median; slowest', `${median}; ${Math.max(...quiet.map(({ ms }) => ms))} ms`),
    figure('the same with a kill, slowest', `${Math.max(...killed.map(({ ms }) => ms))} ms`),
  ];
}

interface Parts {
  number: number;
  world: World;
  sandbox: Sandbox;
  vaults: Program[];
  auth: RpcClient;
  callers: RpcClient[];
  crowd: number;
}

async function run({ number, world, sandbox, vaults, auth, callers, crowd }: Parts): Promise<Run> {
  const isKilled = number % killedEvery === 0;
  const app = await sandbox.register(platform, { rotation: 'always', old_token: 'dies', reuse: 'revoke_grant' });
  const expired = new Date(Date.now() - 60_000);
  const connected = await connect(auth, app, await sandbox.mint(platform, app), expired);
  const held = isKilled
    ? await sandbox.fail({ failure: 'hold', platform, client: app.client_id, times: 1 })
    : undefined;
  const record = { repeated: 0 };
  const began = performance.now();
  const asking = Promise.all(
    Array.from({ length: crowd }, (_, index) => issue(callers[index % callers.length]!, connected, record)),
  );
  // It is awaited below; meanwhile nothing is unhandled.
  asking.catch(() => undefined);
  if (held) await killHolder(world, sandbox, vaults, held.id, connected);
  const tokens = await asking;
  const requests = await sandbox.requests({ platform, client: app.client_id, grant_type: 'refresh_token' });
  return {
    number,
    isKilled,
    asked: requests.length,
    done: requests.filter(({ is_processed: isDone }) => isDone).length,
    tokens: new Set(tokens.map(({ access_token: token }) => token)).size,
    repeated: record.repeated,
    ms: Math.round(performance.now() - began),
  };
}

/** As callers do: whoever asked a replica that was killed asks again, a few times. */
async function issue(client: RpcClient, { principal }: Connected, record: { repeated: number }): Promise<IssuedToken> {
  for (let left = tries; ; left--) {
    try {
      return await client.call(issueToken.of(platform), {}, newCall(principal, callMs));
    } catch (error) {
      if (left === 1 || !['TIMEOUT', 'SERVICE_UNAVAILABLE'].includes((error as AppError).code)) throw error;
      record.repeated++;
      await wait(Math.random() * 1_000);
    }
  }
}

/** Once its request is at the platform, which never does it; the replica is started again. */
async function killHolder(world: World, sandbox: Sandbox, vaults: Program[], fault: string, { id }: Connected) {
  await waitFor('the request is at the platform', async () => (await sandbox.fault(fault)).held > 0);
  const [grant] = await world.ask<{ lock_owner: string }>(
    `SELECT lock_owner FROM vault.grants WHERE credential_id = $1`,
    [id],
  );
  const pid = Number(grant!.lock_owner.split(' ')[1]);
  const holder = vaults.find((vault) => vault.pid === pid);
  if (!holder) throw new Error(`the lock is held by ${grant!.lock_owner}, which is no replica`);
  await holder.kill();
  await holder.start();
}
