import { credentialInvalid, credentialNeedsReauthorization, credentialValid } from '@musicgen/platform-contracts';
import { Outbox } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { CredentialChanges } from '../credentials/credential-changes';
import type { Credential } from '../credentials/credential.entity';
import { isBelieved } from '../grants/grant';
import { GrantsStore, keyOf } from '../grants/grants.store';
import { RefusalsStore } from './refusals.store';
import { hourMs, nextCheckAt } from './schedule';
import { ValidationStore } from './validation.store';
import { errorOf, isRefusal, judge, type CheckedPart, type Doubt, type Verdict } from './verdict';

type Tx = Parameters<ValidationStore['lock']>[0];

/** What a verdict is about, as it was when the check began. */
export interface Checked {
  credential: Credential;
  /** When the user authorised; null if nobody has. */
  consentedAt: number | null;
  /** Somebody asked for the check, and waits for it. */
  isAttended: boolean;
}

/** What became of a verdict: under a doubt the state is the one from before. */
export interface Settled extends Verdict {
  doubt: Doubt | null;
}

/** Stores verdicts and tells of changes. */
@Injectable()
export class Verdicts {
  constructor(
    private readonly store: ValidationStore,
    private readonly refusals: RefusalsStore,
    private readonly grants: GrantsStore,
    private readonly outbox: Outbox,
    private readonly changes: CredentialChanges,
  ) {}

  async begin(credential: Credential, isAttended: boolean): Promise<Checked> {
    return { credential, isAttended, consentedAt: await this.consentOf(credential) };
  }

  /** Null, and nothing stored, when it is about a credential or a consent that is no longer there. */
  async settle(checked: Checked, parts: readonly CheckedPart[], now: Date): Promise<Settled | null> {
    const settled = await this.outbox.transaction(async (tx, emit) => {
      const credential = await this.store.lock(tx, checked.credential);
      if (!credential || !isSame(credential, checked.credential)) return null;
      if ((await this.consentOf(credential, tx)) !== checked.consentedAt) return null;
      const verdict = judge(parts, credential.state);
      const { doubt, refusedSince } = await this.weigh(tx, credential, verdict, checked.isAttended, now);
      const state = doubt ? credential.state : verdict.state;
      const nextAt = doubt ? new Date(now.getTime() + hourMs) : nextCheckAt(credential.id, parts, now);
      await this.store.save(tx, credential, { state, lastValidated: now, validationError: errorOf(verdict, doubt) });
      await this.store.schedule(credential, nextAt, tx);
      await this.refusals.note(tx, credential, refusedSince);
      const settled = { ...verdict, state, doubt };
      if (state === credential.state) return settled;
      const { id, userId, platform, mode } = credential;
      const about = { credential_id: id, user_id: userId, platform, mode };
      const reason = parts.find(({ valid }) => valid === false)?.reason ?? 'ok';
      if (state === 'valid') await emit(credentialValid, about);
      if (state === 'invalid') await emit(credentialInvalid, { ...about, reason });
      if (state === 'needs_reauthorization') await emit(credentialNeedsReauthorization, { ...about, reason });
      return settled;
    });
    if (settled) this.changes.tell(checked.credential);
    return settled;
  }

  /** Whoever asks gets the platform's word; unasked it has to say twice that a credential is no good, and not to many at once. */
  private async weigh(tx: Tx, credential: Credential, verdict: Verdict, isAttended: boolean, now: Date) {
    const since = await this.refusals.since(tx, credential);
    if (isAttended || !isRefusal(verdict, credential.state)) {
      const isUndecided = verdict.error !== null && verdict.state === credential.state;
      return { doubt: null, refusedSince: isUndecided ? since : null };
    }
    const isStorm = since !== null && (await this.refusals.isStorm(tx, credential, now));
    if (isBelieved({ refusedSince: since, reauthDueAt: null }, now, isStorm))
      return { doubt: null, refusedSince: null };
    return { doubt: isStorm ? ('storm' as const) : ('first' as const), refusedSince: since ?? now };
  }

  private async consentOf(credential: Credential, tx?: Tx): Promise<number | null> {
    return (await this.grants.find(keyOf(credential, 'user'), tx))?.consentedAt?.getTime() ?? null;
  }
}

/** Sealing is different every time: the same bytes are the same secrets. */
const isSame = (one: Credential, other: Credential) =>
  JSON.stringify([one.fields, one.secrets]) === JSON.stringify([other.fields, other.secrets]);
