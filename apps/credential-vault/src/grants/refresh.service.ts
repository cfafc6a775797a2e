import { AppError } from '@musicgen/error-codes';
import { explanation, type Reason } from '@musicgen/platform-contracts';
import { KeyRing, LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Audit, type By } from '../audit/audit.service';
import { Clock } from '../clock';
import type { Credential } from '../credentials/credential.entity';
import type { TokenAnswer } from '../oauth/oauth-client';
import { OAuthClients } from '../oauth/oauth-clients';
import { PlatformClients } from '../oauth/platform-clients';
import { codeOf, PlatformRefused } from '../oauth/platform-refused';
import { nextStep } from './grant';
import type { Grant } from './grant.entity';
import { GrantsStore, type GrantKey } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { RefreshOutcomes, type Failure } from './refresh-outcomes.service';
import { TokenSeal } from './sealed-tokens';

/** Shorter than the lock. */
const answerWithinMs = 8_000;
const keepWithinMs = 5 * 60_000;

interface Wish {
  /** The platform refused the token of this version. */
  rejected?: number;
  /** Before it has to be. */
  isAhead?: boolean;
  /** One of the few requests while the platform is asked sparingly. */
  isTrial?: boolean;
  /** Who waits for it. */
  by?: By;
}

/**
 * Renews tokens: lock and fence, intent, platform, answer stored, answer worked in. Whoever is killed between two of these
 * leaves a row from which the next one goes on.
 */
@Injectable()
export class RefreshService {
  /** Names this process as the holder of locks, for people too. */
  readonly owner = `${os.hostname()} ${process.pid} ${randomUUID()}`;

  constructor(
    private readonly store: GrantsStore,
    private readonly breakers: RefreshBreakersStore,
    private readonly outcomes: RefreshOutcomes,
    private readonly clients: PlatformClients,
    private readonly oauth: OAuthClients,
    private readonly ring: KeyRing,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** One attempt, if one is due; the row then says what came of it. False: somebody else is at it. */
  async renew(credential: Credential, key: GrantKey, wish: Wish = {}): Promise<boolean> {
    const held = await this.store.lock(key, this.owner);
    if (!held) return false;
    await this.renewHeld(credential, held, wish);
    return true;
  }

  /** The same for a grant that is locked already. */
  async renewHeld(credential: Credential, held: Grant, wish: Wish): Promise<void> {
    try {
      await this.attempt(credential, held, wish);
    } finally {
      await this.store.unlock(held);
    }
  }

  private async attempt(credential: Credential, held: Grant, { isTrial = false, by, ...wish }: Wish): Promise<void> {
    if (held.pendingFence !== null) return this.outcomes.workIn(credential, held, held.pendingFence);
    const isSpared = !isTrial && (await this.breakers.isOpen(held));
    const grant = isTrial ? { ...held, nextAttemptAt: null } : held;
    if (nextStep(grant, this.clock.now(), { ...wish, isSpared, isAhead: wish.isAhead || isTrial }) !== 'renew') return;
    const answer = await this.ask(credential, held).catch(failureOf);
    if (answer === 'lost') return;
    this.audit.use(by, credential, 'refreshed', 'reason' in answer ? codeOf(answer.reason) : 'ok');
    if ('reason' in answer) return this.outcomes.fail(credential, held, answer);
    if (await this.keep(credential, held, answer)) await this.outcomes.workIn(credential, held, held.fence);
  }

  private async ask(credential: Credential, held: Grant): Promise<TokenAnswer | 'lost'> {
    const client = await this.clients.of(credential);
    const seal = new TokenSeal(this.ring, credential);
    const token = held.refreshToken === null ? null : seal.open('refresh_token', held, held.refreshToken);
    const sealedAnew = token === null ? null : seal.seal('refresh_token', held, token);
    if (!(await this.store.intend(held, sealedAnew, this.clock.now()))) return 'lost';
    const signal = AbortSignal.timeout(answerWithinMs);
    return token === null ? this.oauth.clientCredentials(client, signal) : this.oauth.refresh(client, token, signal);
  }

  /** The old token may be spent: nothing else is done, and nothing is given up, before the new one is stored. */
  private async keep(credential: Credential, held: Grant, answer: TokenAnswer): Promise<boolean> {
    const sealed = new TokenSeal(this.ring, credential).sealAnswer(held.kind, held.fence, answer);
    const end = Date.now() + keepWithinMs;
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1_000)) {
      try {
        return await this.store.keep(held, sealed);
      } catch (error) {
        if (Date.now() > end) throw error;
        this.logger.warn({ err: error, credential_id: credential.id }, 'a new token cannot be stored; trying again');
        await wait(delayMs);
      }
    }
  }
}

/** Failures of a platform, or of the way to it; everything else is ours and is thrown. */
function failureOf(error: unknown): Failure {
  if (error instanceof PlatformRefused) return error.refusal;
  if (!(error instanceof AppError)) throw error;
  const reason = (error.data as { reason?: Reason } | undefined)?.reason;
  if (reason) return { ...explanation(reason), mayHaveBeenDone: false };
  if (error.code === 'UPSTREAM_UNAVAILABLE') return { ...explanation('network_error'), mayHaveBeenDone: false };
  throw error;
}
