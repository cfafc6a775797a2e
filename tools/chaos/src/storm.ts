import type { AppError } from '@musicgen/error-codes';
import { issueToken } from '@musicgen/platform-contracts';
import { newCall, type RpcClient } from '@musicgen/service-kit';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkEach, checkThat, figure, type Check } from './check';
import { parallel } from './parallel';
import type { Sandbox } from './sandbox';
import { readStream } from './stream';
import type { Program } from './unit';
import { connect, platform, startVaults, type Connected } from './vaults';
import { setClock } from './virtual-clock';
import type { World } from './world';

const credentials = 2_000;
const replicas = 3;
const atOnce = 32;
const second = 1_000;
const minute = 60 * second;
const stepMs = 30 * second;
const calmMs = 5 * minute;
const stormMs = 30 * minute;
const recoveryMs = 5 * minute;
/** A platform that is in doubt is asked once a minute; noticing costs what the replicas have in hand by then, and some. */
const sparing = stormMs / minute + 2 * replicas * 10;
/** Longer than a replica waits before it looks for what is due. */
const quietMs = 2_500;
/** Callers at each step, of credentials whose tokens end at all times. */
const impatient = 20;
/** Credentials whose daily check falls into the storm. */
const checked = 20;
/** Steps within which the platform is asked about them again; each replica checks one at a time. */
const checkSteps = 40;

/** Passes time for replicas, platforms and this process alike. */
class Time {
  private aheadMs = 0;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly vaults: readonly Program[],
    private readonly renewals: () => Promise<number>,
  ) {}

  /** Step by step; after each, waits until everything that was due is done. */
  async pass(ms: number, meanwhile: (passedMs: number) => Promise<void> = async () => undefined): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.aheadMs += stepMs;
      await this.sandbox.advance(stepMs);
      await Promise.all(this.vaults.map((vault) => vault.tell({ clockAheadMs: this.aheadMs })));
      setClock(this.aheadMs);
      await this.quiet();
      await meanwhile(passed);
    }
  }

  async replace(vault: Program): Promise<void> {
    await vault.kill();
    vault.env.CLOCK_AHEAD_MS = String(this.aheadMs);
    await vault.start();
  }

  private async quiet(): Promise<void> {
    for (let before = -1, now = await this.renewals(); now !== before;) {
      await wait(quietMs);
      [before, now] = [now, await this.renewals()];
    }
  }
}

/** A platform refuses every grant for half an hour, though none has ended. */
export async function storm(world: World, scale: number): Promise<Check[]> {
  const sandbox = await world.sandbox();
  const vaults = await startVaults(world, replicas, {
    env: { SANDBOX_URL: sandbox.url },
    flags: ['--require', path.join(__dirname, 'virtual-clock.js')],
  });
  const [auth, spotify] = [await world.client('auth'), await world.client('spotify')];
  const app = await sandbox.register(platform, { rotation: 'always' });
  const count = Math.max(100, Math.round(credentials * scale));
  // In use, and their tokens end one after the other, as they do.
  const all = await parallel(Array.from({ length: count }), atOnce, async (_, index) => {
    const expiry = new Date(Date.now() + 6 * minute + (index / count) * 40 * minute);
    return connect(auth, app, await sandbox.mint(platform, app), expiry);
  });

  const renewals = () => sandbox.count({ platform, client: app.client_id, grant_type: 'refresh_token' });
  const time = new Time(sandbox, vaults, renewals);
  try {
    await time.pass(calmMs);
    const calm = await renewals();
    // Renewals and app tokens alike: what renews and what checks must both notice.
    const fault = await sandbox.fail({ failure: 'invalid_grant', platform, host: 'accounts', path: '/api/token' });
    await makeChecksDue(world, some(all, checked));
    const outcomes = new Map<string, number>();
    await time.pass(stormMs, async (passed) => {
      if (passed === stormMs / 2) {
        await time.replace(vaults[0]!);
        await makeChecksDue(world, await doubted(world));
      }
      const asking = some(all, impatient).map((one) => outcome(spotify, one));
      for (const name of await Promise.all(asking)) outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    });
    const inStorm = (await renewals()) - calm;
    const due = await countDue(world);
    const inStormStates = await states(world);
    const inDoubt = await doubted(world);

    await sandbox.heal(fault.id);
    const began = performance.now();
    await time.pass(recoveryMs);
    const recoverySeconds = Math.round((performance.now() - began) / 1_000);
    const tokens = await parallel(all, atOnce, (one) => usable(spotify, sandbox, one));
    await makeChecksDue(world, inDoubt);
    for (let step = 0; step < checkSteps && (await doubted(world)).length > 0; step += 1) await time.pass(stepMs);
    const told = (await readStream(world)).filter(({ subject }) => subject.endsWith('.needs_reauthorization'));

    const stillDoubted = new Set((await doubted(world)).map(({ id }) => id));

    return [
      checkEach('connected in the storm', inStormStates, disconnection),
      checkEach('connected afterwards', await states(world), disconnection),
      checkEach('events credential.needs_reauthorization', told, ({ payload }) => String(payload.credential_id)),
      checkThat(`requests in the storm (at most ${sparing})`, inStorm, inStorm <= sparing && inStorm > 0),
      checkEach('callers in the storm: a token, or TOKEN_REFRESH_FAILED', [...outcomes], ([name, times]) =>
        ['ok', 'TOKEN_REFRESH_FAILED'].includes(name) ? undefined : `${times} × ${name}`,
      ),
      checkThat(
        'credentials whose daily check was refused, and that is not believed',
        inDoubt.length,
        inDoubt.length > 0,
      ),
      checkEach('of these, checked again afterwards and good', inDoubt, (one) =>
        stillDoubted.has(one.id) ? `${one.id} is still in doubt` : undefined,
      ),
      checkThat('still failing five minutes after', await failing(world), (await failing(world)) === 0),
      checkEach('credentials whose token the platform takes', tokens, (problem) => problem),
      figure('renewals that were due in the storm', due),
      figure('answers to callers in the storm', [...outcomes].map(([name, times]) => `${name} ${times}`).join(', ')),
      figure('renewals before the storm; after it', `${calm}; ${(await renewals()) - calm - inStorm}`),
      figure('recovery by this machine’s clock', `${recoverySeconds} s`),
    ];
  } finally {
    setClock(0);
  }
}

/** So many, from all parts of the list. */
const some = <T>(all: readonly T[], count: number): T[] =>
  all.filter((_, index) => index % Math.ceil(all.length / count) === 0);

/** Brings their daily checks forward. */
const makeChecksDue = (world: World, credentials: readonly { id: string }[]) =>
  world.ask(
    `INSERT INTO vault.revalidations (credential_id, due_at) SELECT unnest($1::text[]), $2
     ON CONFLICT (credential_id) DO UPDATE SET due_at = excluded.due_at`,
    [credentials.map(({ id }) => id), new Date()],
  );

const doubted = (world: World) =>
  world.ask<{ id: string }>('SELECT credential_id AS id FROM vault.revalidations WHERE refused_since IS NOT NULL');

const outcome = (spotify: RpcClient, { principal }: Connected): Promise<string> =>
  spotify.call(issueToken.of(platform), {}, newCall(principal)).then(
    () => 'ok',
    (error: AppError) => error.code,
  );

/** A sentence if there is no token, or the platform does not take it. */
async function usable(spotify: RpcClient, sandbox: Sandbox, { id, principal }: Connected): Promise<string | undefined> {
  try {
    const { access_token: token } = await spotify.call(issueToken.of(platform), {}, newCall(principal));
    const answer = await fetch(`${sandbox.url}/${platform}/api/v1/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return answer.ok ? undefined : `${id}: ${answer.status} ${await answer.text()}`;
  } catch (error) {
    return `${id}: ${(error as AppError).code ?? ''} ${(error as Error).message}`;
  }
}

const countOf = async (world: World, from: string, parameters: unknown[] = []): Promise<number> =>
  (await world.ask<{ n: number }>(`SELECT count(*)::int AS n FROM vault.${from}`, parameters))[0]!.n;

interface State {
  id: string;
  state: string;
  validation_error: string | null;
}

const states = (world: World) => world.ask<State>('SELECT id, state, validation_error FROM vault.credentials');

const disconnection = ({ id, state, validation_error: why }: State): string | undefined =>
  ['valid', 'unverified', 'refresh_failing'].includes(state) ? undefined : `${id} is ${state}: ${why}`;

const failing = async (world: World) =>
  (await countOf(world, `grants WHERE failing_since IS NOT NULL OR retired_at IS NOT NULL`)) +
  (await countOf(world, `credentials WHERE state = 'refresh_failing'`)) +
  (await countOf(world, 'refresh_breakers'));

/** Tokens with less than ten minutes left would have been renewed. */
const countDue = (world: World) => countOf(world, 'grants WHERE expires_at < $1', [new Date(Date.now() + 10 * minute)]);
