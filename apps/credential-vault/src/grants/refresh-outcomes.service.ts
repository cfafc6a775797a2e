import {
  credentialNeedsReauthorization,
  credentialRefreshFailing,
  credentialValid,
  REASONS,
  type Explanation,
} from '@musicgen/platform-contracts';
import { KeyRing, Outbox } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import { CredentialChanges } from '../credentials/credential-changes';
import type { Credential } from '../credentials/credential.entity';
import { definitionOf } from '../credentials/credential-fields';
import { backOffMs, isBelieved, reauthDueAt, secondTryMs } from './grant';
import type { Grant } from './grant.entity';
import { GrantsStore } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { TokenSeal } from './sealed-tokens';

/** Why a platform did not renew. */
export interface Failure extends Explanation {
  retryAfterSeconds?: number;
  /** A rotating token may be spent all the same. */
  mayHaveBeenDone: boolean;
}

/** What a renewal leaves behind: tokens, the credential's state, events. */
@Injectable()
export class RefreshOutcomes {
  constructor(
    private readonly store: GrantsStore,
    private readonly breakers: RefreshBreakersStore,
    private readonly ring: KeyRing,
    private readonly outbox: Outbox,
    private readonly changes: CredentialChanges,
    private readonly clock: Clock,
  ) {}

  /** Makes a stored answer the grant's tokens. */
  async workIn(credential: Credential, held: Grant, pendingFence: number): Promise<void> {
    const grant = await this.store.find(held);
    if (!grant || grant.pending === null || grant.pendingFence !== pendingFence) return;
    const tokens = this.tokensOf(credential, grant, grant.pending, pendingFence);
    const isSettled = await this.outbox.transaction(async (tx, emit) => {
      await this.store.lockCredential(tx, grant);
      if (!(await this.store.settle(tx, grant, pendingFence, tokens))) return false;
      const isRecovered =
        grant.kind === 'user' && (await this.store.setState(tx, grant, ['refresh_failing'], 'valid', null));
      if (isRecovered) await emit(credentialValid, aboutOf(grant));
      return true;
    });
    if (isSettled && grant.kind === 'user') await this.breakers.heal(grant);
    this.changes.tell(credential);
  }

  /** Notes that there is no new token, when to try again, and whether the grant has ended. */
  async fail(credential: Credential, held: Grant, failure: Failure): Promise<void> {
    const now = this.clock.now();
    const isRefusal = held.kind === 'user' && REASONS[failure.reason].verdict === 'reauthorize';
    const failures = held.failures + 1;
    const delayMs = isRefusal ? secondTryMs() : backOffMs(failures, failure.retryAfterSeconds);
    await this.outbox.transaction(async (tx, emit) => {
      await this.store.lockCredential(tx, held);
      const isNoted = await this.store.fail(tx, held, {
        failures,
        failingSince: held.failingSince ?? now,
        refusedSince: isRefusal ? (held.refusedSince ?? now) : held.refusedSince,
        nextAttemptAt: new Date(now.getTime() + delayMs),
        lastReason: failure.reason,
        // What may have been done stays on record: a later refusal is then of a token that was replaced.
        ...(!failure.mayHaveBeenDone && { intentAt: held.intentAt }),
      });
      if (!isNoted || held.kind === 'app') return;
      const about = { ...aboutOf(held), reason: failure.reason };
      if (isRefusal && isBelieved(held, now, await this.breakers.isStorm(tx, held, now))) {
        await this.store.retire(tx, held, now);
        const why = held.intentAt ? answerLost : `${failure.message}. ${failure.remedy}`;
        await this.store.setState(tx, held, alive, 'needs_reauthorization', why);
        await emit(credentialNeedsReauthorization, about);
      } else if (await this.store.setState(tx, held, well, 'refresh_failing', failure.message)) {
        await emit(credentialRefreshFailing, about);
      }
    });
    this.changes.tell(credential);
  }

  private tokensOf(credential: Credential, grant: Grant, pending: string, version: number): Partial<Grant> {
    const seal = new TokenSeal(this.ring, credential);
    const answer = seal.openAnswer(grant.kind, version, pending);
    const row = { kind: grant.kind, version };
    const stored = grant.refreshToken === null ? null : seal.open('refresh_token', grant, grant.refreshToken);
    const refreshToken = answer.refreshToken ?? stored;
    const refreshExpiresAt = answer.refreshExpiresAt ?? grant.refreshExpiresAt;
    return {
      accessToken: seal.seal('access_token', row, answer.accessToken),
      refreshToken: refreshToken === null ? null : seal.seal('refresh_token', row, refreshToken),
      expiresAt: answer.expiresAt,
      scopes: answer.scopes ?? grant.scopes,
      refreshExpiresAt,
      reauthDueAt: reauthDueAt(definitionOf(grant.platform), grant.consentedAt, refreshExpiresAt),
      lastRefreshAt: this.clock.now(),
    };
  }
}

const aboutOf = ({ credentialId, userId, platform, mode }: Grant) => ({
  credential_id: credentialId,
  user_id: userId,
  platform,
  mode,
});

const well = ['unverified', 'valid'] as const;
const alive = ['unverified', 'valid', 'invalid', 'refresh_failing'] as const;

const answerLost =
  'An answer of the platform was lost on its way, and it no longer takes the token from before. Authorise again: start the OAuth flow.';
