import { AppError } from '@musicgen/error-codes';
import type { IdPrefix, Principal } from '@musicgen/platform-contracts';
import { KeyRing, LOGGER, ownerOf, Pump, type Logger, type Owner } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { newCreation, type Creation } from './creation';
import { digest, IdempotencySeal } from './idempotency-key';
import { IdempotentRequestsStore } from './idempotent-requests.store';
import { asError, isFinal, keptError, type KeptAnswer } from './kept-answer';

const renewEveryMs = 3_000;
const sweepEveryMs = 3_600_000;

/** A request as it is recognised. */
export interface Repeatable {
  principal: Principal;
  /** Method and pattern. */
  route: string;
  idempotencyKey: string;
  /** Of the address and the body. */
  fingerprint: string;
  creates: IdPrefix;
}

export type Success = Extract<KeptAnswer, { kind: 'success' }>;

/** One request, one resource, one answer, however often it is sent. */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeping = new Pump(
    () => this.store.sweep(),
    sweepEveryMs,
    (error) => this.warn(error, 'old idempotent requests stay for now'),
  );

  constructor(
    private readonly store: IdempotentRequestsStore,
    private readonly ring: KeyRing,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.store.connected().then(() => this.sweeping.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeping.stop();
  }

  /**
   * Performs the request, or gives the answer that it had. Throws REQUEST_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, and whatever
   * the request throws; `onReplay` comes before an error that was kept.
   */
  async perform(
    asked: Repeatable,
    perform: (creation: Creation) => Promise<Success>,
    onReplay: () => void,
  ): Promise<Success> {
    const { principal, route, idempotencyKey, fingerprint } = asked;
    const owner = ownerOf(principal);
    const keyHash = digest(owner.userId, owner.mode, route, idempotencyKey);
    const wanted = newCreation(asked.creates);
    const seal = new IdempotencySeal(this.ring, idempotencyKey, keyHash);
    const lease = randomUUID();
    const taken = await this.store.take(owner, {
      keyHash,
      fingerprint,
      lease,
      resourceId: wanted.id,
      ringVersion: seal.ringVersion,
      seed: seal.seal('seed', wanted.seed),
    });
    if (!taken) return this.replay(owner, keyHash, asked, onReplay);
    const sealOfFirst = this.sealOf(asked, keyHash, taken.ringVersion);
    const creation = { id: taken.resourceId, seed: sealOfFirst.open('seed', taken.seed) };
    const end = (answer: KeptAnswer | null) =>
      this.end(owner, keyHash, lease, answer && sealOfFirst.seal('answer', JSON.stringify(answer)));
    const renewal = setInterval(() => void this.renew(owner, keyHash, lease), renewEveryMs).unref();
    try {
      const success = await perform(creation);
      await end(success);
      return success;
    } catch (error) {
      await end(error instanceof AppError && isFinal(error) ? keptError(error) : null);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async replay(owner: Owner, keyHash: string, asked: Repeatable, onReplay: () => void): Promise<Success> {
    const known = await this.store.find(owner, keyHash);
    if (known && known.fingerprint !== asked.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (!known?.answer) throw new AppError('REQUEST_IN_PROGRESS');
    const answer = this.sealOf(asked, keyHash, known.ringVersion).open('answer', known.answer);
    const kept = JSON.parse(answer.toString()) as KeptAnswer;
    onReplay();
    if (kept.kind === 'error') throw asError(kept);
    return kept;
  }

  private sealOf({ idempotencyKey }: Repeatable, keyHash: string, ringVersion: number): IdempotencySeal {
    return new IdempotencySeal(this.ring, idempotencyKey, keyHash, ringVersion);
  }

  /** An answer that cannot be kept is given all the same: a repeat ends in the same resource without it. */
  private async end(owner: Owner, keyHash: string, lease: string, answer: Buffer | null): Promise<void> {
    await this.store.end(owner, keyHash, lease, answer).catch((error) => this.warn(error, 'an answer was not kept'));
  }

  private async renew(owner: Owner, keyHash: string, lease: string): Promise<void> {
    await this.store.renew(owner, keyHash, lease).catch((error) => this.warn(error, 'a request was not renewed'));
  }

  private warn(error: unknown, what: string): void {
    this.logger.warn({ err: error }, what);
  }
}
