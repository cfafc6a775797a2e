import { AppError } from '@musicgen/error-codes';
import { explanation, REASONS } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { By } from '../audit/audit.service';
import { Clock } from '../clock';
import type { Credential } from '../credentials/credential.entity';
import { isRejected, isRenewedSince, isUsable, nextStep } from './grant';
import type { Grant, GrantKind } from './grant.entity';
import { GrantsStore, keyOf } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { RefreshService } from './refresh.service';

const waitAtMostMs = 26_000;

/** Grants whose token can be used, renewed if it has to be, by whichever replica gets to it first. */
@Injectable()
export class Renewals {
  /** One reading and renewing per grant, however many wait for it. */
  private readonly running = new Map<string, Promise<Grant>>();

  constructor(
    private readonly store: GrantsStore,
    private readonly breakers: RefreshBreakersStore,
    private readonly refreshes: RefreshService,
    private readonly clock: Clock,
  ) {}

  /**
   * With the stored token while more than five minutes are left; else with a new one; else with what is left of the old one.
   * None of the `rejected` version, or before. Throws what there is for the user, or for his patience, to do.
   */
  usable(by: By, credential: Credential, kind: GrantKind, rejected?: number): Promise<Grant> {
    const name = `${credential.id} ${kind} ${rejected ?? ''}`;
    const running = this.running.get(name);
    if (running) return running;
    const work = this.renew(by, credential, kind, rejected).finally(() => this.running.delete(name));
    this.running.set(name, work);
    return work;
  }

  private async renew(by: By, credential: Credential, kind: GrantKind, rejected?: number): Promise<Grant> {
    const key = keyOf(credential, kind);
    if (kind === 'app') await this.store.ensure(key, credential.platform);
    let first: Grant | undefined;
    for (const end = Date.now() + waitAtMostMs; Date.now() < end;) {
      const grant = await this.store.find(key);
      if (!grant) throw reauthorize(credential, null);
      // However short it lives: another one would not live longer.
      if (isRenewedSince(grant, (first ??= grant)) && !isRejected(grant, rejected)) return grant;
      const step = await this.step(grant, rejected);
      if (step === 'use') return grant;
      if (step === 'end') throw reauthorize(credential, grant);
      if (step === 'wait') return this.whatIsLeft(credential, grant, rejected);
      const isDone = await this.refreshes.renew(credential, key, { rejected, by });
      if (!isDone) await wait(50 + Math.random() * 100);
    }
    throw new AppError('TIMEOUT');
  }

  private async step(grant: Grant, rejected?: number) {
    const now = this.clock.now();
    const step = nextStep(grant, now, { rejected });
    if (step !== 'renew') return step;
    return nextStep(grant, now, { rejected, isSpared: await this.breakers.isOpen(grant) });
  }

  private whatIsLeft(credential: Credential, grant: Grant, rejected?: number): Grant {
    const now = this.clock.now();
    if (isUsable(grant, now) && !isRejected(grant, rejected)) return grant;
    const { reason, message, remedy } = explanation(grant.lastReason ?? 'upstream_unavailable');
    const code = REASONS[reason].verdict === 'invalid' ? 'CREDENTIAL_INVALID' : 'TOKEN_REFRESH_FAILED';
    const waitMs = grant.nextAttemptAt ? Math.max(0, grant.nextAttemptAt.getTime() - now.getTime()) : 60_000;
    throw new AppError(code, {
      details: message,
      data: { platform: credential.platform, reason, remedy },
      retryAfterSeconds: waitMs / 1000,
    });
  }
}

function reauthorize({ platform }: Credential, grant: Grant | null): AppError {
  const { reason, message, remedy } = explanation(
    grant?.retiredAt ? (grant.lastReason ?? 'token_revoked') : 'reauth_required',
  );
  return new AppError('REAUTHORIZATION_REQUIRED', { details: message, data: { platform, reason, remedy } });
}
