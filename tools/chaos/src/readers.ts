import type { AppError } from '@musicgen/error-codes';
import { getCredential, issueToken } from '@musicgen/platform-contracts';
import { newCall, type RpcClient } from '@musicgen/service-kit';
import { setTimeout as wait } from 'node:timers/promises';
import { platform, type Connected } from './vaults';

/** Short, so that whoever asked a replica that was killed soon asks again. */
const readMs = 5_000;

/** Reads both kinds of secrets of a credential; throws if either is not what was stored. */
export async function read(auth: RpcClient, spotify: RpcClient, stored: Connected): Promise<void> {
  const { id, principal, accessToken, clientSecret } = stored;
  const issued = await spotify.call(issueToken.of(platform), {}, newCall(principal, readMs));
  if (issued.credential_id !== id || issued.access_token !== accessToken) throw new Error('another token');
  const { fields } = await auth.call(getCredential, { id }, newCall(principal, readMs));
  const { hint } = fields.client_secret as { hint: string };
  // The last four letters, behind an ellipsis.
  if (!clientSecret.endsWith(hint.slice(1))) throw new Error('another client secret');
}

/** A sentence about what went wrong, if anything did. */
export const problemOf = (work: Promise<void>, { id }: Connected): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: AppError) => `${id}: ${error.code ?? ''} ${error.message}`,
  );

/** Callers who read credentials at random, one after the other, until they are stopped. */
export class Readers {
  private readonly answers: (string | undefined)[] = [];
  private readonly began = performance.now();
  private readonly running: Promise<void>[];
  private isStopped = false;
  private killedAt = -1;
  private cutOff = 0;

  constructor(
    private readonly auth: RpcClient,
    private readonly spotify: RpcClient,
    private readonly stored: readonly Connected[],
    count: number,
  ) {
    this.running = Array.from({ length: count }, () => this.readOn());
  }

  /** A replica is about to be killed: what it has in hand is lost, and nothing else may be. */
  expectCut(): void {
    this.killedAt = performance.now();
  }

  /** A sentence for each read that failed, undefined for each other. */
  async stop() {
    this.isStopped = true;
    await Promise.all(this.running);
    const perSecond = this.answers.length / ((performance.now() - this.began) / 1_000);
    return { answers: this.answers, cutOff: this.cutOff, perSecond };
  }

  private async readOn(): Promise<void> {
    while (!this.isStopped) {
      const one = this.stored[Math.floor(Math.random() * this.stored.length)]!;
      const began = performance.now();
      let problem = await problemOf(this.read(one), one);
      // What was asked a moment before may have reached it.
      if (problem && began - 100 < this.killedAt && performance.now() > this.killedAt) {
        this.cutOff++;
        problem = await problemOf(this.read(one), one);
      }
      this.answers.push(problem);
      if (problem) await wait(100);
    }
  }

  private read(one: Connected): Promise<void> {
    return read(this.auth, this.spotify, one);
  }
}
