import { AppError } from '@musicgen/error-codes';
import {
  credentialInvalid,
  credentialNeedsReauthorization,
  credentialValid,
  type Principal,
  type RequestOf,
  type validateCredential,
  type validateFields,
  type ValidationReport,
} from '@musicgen/platform-contracts';
import { KeyRing, newId, Outbox } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import { checkFields, definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { Envelope } from '../credentials/envelope';
import { GrantsStore, keyOf } from '../grants/grants.store';
import type { PlatformClient } from '../oauth/oauth-client';
import { isOAuthPlatform, PlatformClients, type ClientUser } from '../oauth/platform-clients';
import { Prober, type UserTokens } from './prober.service';
import { nextCheckAt } from './schedule';
import { StoredTokens, tokensIn } from './stored-tokens.service';
import { ValidationStore } from './validation.store';
import { judge, type CheckedPart, type Verdict } from './verdict';

/** Whoever waits for the answer gets one, with `timeout` for the parts that are still missing. */
const withinMs = 25_000;
/** A credential that changes under our hands is checked anew so often. */
const attemptsMax = 2;

type Options = { deep: boolean; signal: AbortSignal };

/** Asks platforms whether credentials are good, and keeps their verdicts. */
@Injectable()
export class ValidationService {
  constructor(
    private readonly prober: Prober,
    private readonly credentials: CredentialsStore,
    private readonly grants: GrantsStore,
    private readonly clients: PlatformClients,
    private readonly storedTokens: StoredTokens,
    private readonly store: ValidationStore,
    private readonly ring: KeyRing,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async validate(
    principal: Principal,
    { id, deep }: RequestOf<typeof validateCredential>,
  ): Promise<ValidationReport> {
    const signal = AbortSignal.timeout(withinMs);
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const credential = await this.credentials.find(principal, id);
      if (!credential) throw new AppError('NOT_FOUND');
      const { parts, verdict, checkedAt } = await this.checkStored(credential, { deep, signal });
      if (verdict) return report(parts, verdict, checkedAt);
    }
    throw new AppError('CONFLICT', { details: 'The credential was changed while it was validated; try again' });
  }

  /** Fields that are not stored, with the shared client where they have none of their own. */
  async validateFields(
    principal: Principal,
    { platform: id, fields, deep }: RequestOf<typeof validateFields>,
  ): Promise<ValidationReport> {
    const { open, secret } = checkFields(definitionOf(id), fields);
    const binding = { id: newId('cred'), userId: principal.user_id, mode: principal.mode };
    const envelope = Envelope.create(this.ring, binding);
    const sealed = { ...binding, platform: id, fields: open, secrets: envelope.sealAll(secret), dataKey: envelope.wrapped };
    const options = { deep, signal: AbortSignal.timeout(withinMs) };
    const parts = await this.check(sealed, tokensIn(secret), options);
    return report(parts, judge(parts, 'unverified'), this.clock.now());
  }

  /** The verdict is null when it was about a credential, or a grant, that is no longer there: it is not stored then. */
  async checkStored(
    credential: Credential,
    options: Options,
  ): Promise<{ parts: CheckedPart[]; verdict: Verdict | null; checkedAt: Date }> {
    const consentedAt = await this.consentOf(credential);
    const parts = await this.check(credential, this.storedTokens.of(credential), options);
    const checkedAt = this.clock.now();
    const isCutShort = options.signal.aborted && (options.signal.reason as Error | undefined)?.name !== 'TimeoutError';
    const verdict = isCutShort ? null : await this.settle(credential, consentedAt, parts, checkedAt);
    return { parts, verdict, checkedAt };
  }

  private async check(credential: ClientUser, tokens: UserTokens, options: Options): Promise<CheckedPart[]> {
    const { secrets, mode } = credential;
    const platform = definitionOf(credential.platform);
    const envelope = Envelope.open(this.ring, credential, credential.dataKey);
    const fields = { ...credential.fields, ...envelope.openAll(secrets) };
    const client = isOAuthPlatform(platform) ? await this.clientOf(credential) : undefined;
    return this.prober.check({ platform, mode, fields, client, tokens }, options);
  }

  private async clientOf(credential: ClientUser): Promise<PlatformClient | undefined> {
    try {
      return await this.clients.of(credential);
    } catch (error) {
      // Deezer's catalogue and YouTube's need none.
      if (error instanceof AppError && error.code === 'CREDENTIAL_INVALID') return undefined;
      throw error;
    }
  }

  private settle(
    checked: Credential,
    consentedAt: number | null,
    parts: CheckedPart[],
    now: Date,
  ): Promise<Verdict | null> {
    return this.outbox.transaction(async (tx, emit) => {
      const credential = await this.store.lock(tx, checked);
      if (!credential || !isSame(credential, checked)) return null;
      if ((await this.consentOf(credential, tx)) !== consentedAt) return null;
      const verdict = judge(parts, credential.state);
      await this.store.save(tx, credential, {
        state: verdict.state,
        lastValidated: now,
        validationError: verdict.error,
      });
      await this.store.schedule(credential, nextCheckAt(credential.id, parts, now), tx);
      if (verdict.state === credential.state) return verdict;
      const { id, userId, platform, mode } = credential;
      const about = { credential_id: id, user_id: userId, platform, mode };
      const reason = parts.find(({ valid }) => valid === false)?.reason ?? 'ok';
      if (verdict.state === 'valid') await emit(credentialValid, about);
      if (verdict.state === 'invalid') await emit(credentialInvalid, { ...about, reason });
      if (verdict.state === 'needs_reauthorization') await emit(credentialNeedsReauthorization, { ...about, reason });
      return verdict;
    });
  }

  private async consentOf(credential: Credential, tx?: Parameters<GrantsStore['find']>[1]): Promise<number | null> {
    return (await this.grants.find(keyOf(credential, 'user'), tx))?.consentedAt?.getTime() ?? null;
  }
}

const report = (parts: readonly CheckedPart[], { valid }: Verdict, checkedAt: Date): ValidationReport => ({
  valid,
  parts: parts.map(({ name, valid, reason, message, remedy, upstream_status }) => ({
    name,
    valid,
    reason,
    message,
    remedy,
    upstream_status,
  })),
  checked_at: checkedAt.toISOString(),
});

/** Sealing is different every time: the same bytes are the same secrets. */
const isSame = (one: ClientUser, other: ClientUser) =>
  JSON.stringify([one.fields, one.secrets]) === JSON.stringify([other.fields, other.secrets]);
