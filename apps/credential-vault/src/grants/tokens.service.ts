import { AppError } from '@musicgen/error-codes';
import { explanation, REASONS, type IssuedToken, type Principal, type TokenInfo } from '@musicgen/platform-contracts';
import { KeyRing } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Clock } from '../clock';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { hasOwnClient, isOAuthPlatform } from '../oauth/platform-clients';
import { SignedTokens } from '../signing/signed-tokens.service';
import { isRejected, isUsable, nextStep } from './grant';
import type { Grant, GrantKind } from './grant.entity';
import { GrantsStore, keyOf } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { RefreshService } from './refresh.service';
import { TokenSeal } from './sealed-tokens';
import { TokenCache, type OpenToken, type Question } from './token-cache';
import { tokenInfo } from './token-info';
import { Uses } from './uses';

const waitAtMostMs = 26_000;

/** Access tokens for those who may have them. */
@Injectable()
export class TokensService {
  /** One reading and renewing per grant, however many wait for it. */
  private readonly running = new Map<string, Promise<Grant>>();

  // eslint-disable-next-line max-params -- all injected: the steps of a renewal meet here, each with one neighbour.
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly store: GrantsStore,
    private readonly breakers: RefreshBreakersStore,
    private readonly refreshes: RefreshService,
    private readonly ring: KeyRing,
    private readonly cache: TokenCache,
    private readonly uses: Uses,
    private readonly signed: SignedTokens,
    private readonly clock: Clock,
  ) {}

  /** The stored token while more than five minutes are left; else a new one; else what is left of the old one. */
  async issue(principal: Principal, question: Question, rejected?: number): Promise<IssuedToken> {
    const token =
      this.cache.find(principal, question, rejected) ??
      (await this.cache.fill(principal, question, rejected, () => this.read(principal, question, rejected)));
    this.uses.record(token);
    return this.issued(token);
  }

  async describe(principal: Principal, id: string): Promise<TokenInfo> {
    const credential = await this.find(principal, { credentialId: id, kind: 'user' });
    if (this.signed.areOf(credential)) return this.signed.describe(credential);
    return tokenInfo(credential, await this.store.find(keyOf(credential, 'user')), this.clock.now());
  }

  /** Renews it also if it would last. */
  async refresh(principal: Principal, id: string): Promise<TokenInfo> {
    const credential = await this.find(principal, { credentialId: id, kind: 'user' });
    if (this.signed.areOf(credential)) return this.signed.describe(credential);
    const grant = await this.store.find(keyOf(credential, 'user'));
    await this.renewed(credential, 'user', grant?.version);
    return this.describe(principal, id);
  }

  /** For a check: as `issue`, but no use that would keep the token renewed. Undefined: nobody has authorised. */
  async peek(credential: Credential, rejected?: number): Promise<{ accessToken: string; version: number } | undefined> {
    const stored = await this.store.find(keyOf(credential, 'user'));
    if (!stored || (stored.accessToken === null && stored.refreshToken === null)) return undefined;
    const grant = await this.renewed(credential, 'user', rejected);
    const accessToken = new TokenSeal(this.ring, credential).open('access_token', grant, grant.accessToken!);
    return { accessToken, version: grant.version };
  }

  private async read(principal: Principal, question: Question, rejected?: number): Promise<OpenToken> {
    const credential = await this.find(principal, question);
    if (this.signed.areOf(credential)) return this.signed.open(credential, rejected);
    const source = question.kind === 'app' ? await this.clientOf(credential) : credential;
    const grant = await this.renewed(source, question.kind, rejected);
    const { credentialId, userId, mode, kind, platform, expiresAt, scopes, version } = grant;
    const accessToken = new TokenSeal(this.ring, source).open('access_token', grant, grant.accessToken!);
    const facts = { credentialId, userId, mode, kind, platform, expiresAt, scopes, version };
    return { ...facts, accessToken, askedOf: credential.id };
  }

  private async find(principal: Principal, { platform, credentialId, kind }: Question): Promise<Credential> {
    const credential =
      credentialId === undefined
        ? await this.credentials.findActive(principal, platform!)
        : await this.credentials.find(principal, credentialId);
    if (!credential && credentialId === undefined) {
      throw new AppError('NO_ACTIVE_CREDENTIAL', { data: { platform: platform! } });
    }
    // A connector learns nothing of another platform's credentials, not even that they are there.
    if (!credential || (platform !== undefined && credential.platform !== platform)) throw new AppError('NOT_FOUND');
    if (!this.signed.areOf(credential)) mustHave(credential, kind);
    return credential;
  }

  /** The credential whose client gets the app token; without any, the renewal says what is missing. */
  private async clientOf(credential: Credential): Promise<Credential> {
    if (hasOwnClient(definitionOf(credential.platform), credential)) return credential;
    return (await this.credentials.findShared(credential.platform, credential.mode)) ?? credential;
  }

  private renewed(credential: Credential, kind: GrantKind, rejected?: number): Promise<Grant> {
    const name = `${credential.id} ${kind} ${rejected ?? ''}`;
    const running = this.running.get(name);
    if (running) return running;
    const work = this.renew(credential, kind, rejected).finally(() => this.running.delete(name));
    this.running.set(name, work);
    return work;
  }

  private async renew(credential: Credential, kind: GrantKind, rejected?: number): Promise<Grant> {
    const key = keyOf(credential, kind);
    if (kind === 'app') await this.store.ensure(key, credential.platform);
    for (const end = Date.now() + waitAtMostMs; Date.now() < end;) {
      const grant = await this.store.find(key);
      if (!grant) throw reauthorize(credential, null);
      const step = await this.step(grant, rejected);
      if (step === 'use') return grant;
      if (step === 'end') throw reauthorize(credential, grant);
      if (step === 'wait') return this.whatIsLeft(credential, grant, rejected);
      const isDone = await this.refreshes.renew(credential, key, { rejected });
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

  private issued({ askedOf, platform, kind, accessToken, expiresAt, scopes, version }: OpenToken): IssuedToken {
    const leftMs = expiresAt && Math.max(0, expiresAt.getTime() - this.clock.now().getTime());
    return {
      credential_id: askedOf,
      platform,
      kind,
      access_token: accessToken,
      token_type: 'Bearer',
      expires_at: expiresAt?.toISOString() ?? null,
      expires_in: leftMs === null ? null : Math.floor(leftMs / 1000),
      scopes,
      version,
    };
  }
}

function mustHave({ platform }: Credential, kind: GrantKind): void {
  const definition = definitionOf(platform);
  const problem = !isOAuthPlatform(definition)
    ? `is a credential of ${definition.displayName}, which has no access tokens`
    : kind === 'app' && !definition.auth.grants.includes('client_credentials')
      ? `has no app token: ${definition.displayName} gives none`
      : undefined;
  if (!problem) return;
  const path = isOAuthPlatform(definition) ? 'kind' : 'id';
  throw new AppError('VALIDATION_FAILED', { details: `${path}: ${problem}`, data: { fields: [{ path, problem }] } });
}

function reauthorize({ platform }: Credential, grant: Grant | null): AppError {
  const { reason, message, remedy } = explanation(
    grant?.retiredAt ? (grant.lastReason ?? 'token_revoked') : 'reauth_required',
  );
  return new AppError('REAUTHORIZATION_REQUIRED', { details: message, data: { platform, reason, remedy } });
}
