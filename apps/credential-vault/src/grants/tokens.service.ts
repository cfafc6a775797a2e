import { AppError, invalidFields } from '@musicgen/error-codes';
import type { IssuedToken, Principal, TokenInfo } from '@musicgen/platform-contracts';
import { asAppError, KeyRing, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit, type About, type By } from '../audit/audit.service';
import { Clock } from '../clock';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { hasOwnClient, isOAuthPlatform } from '../oauth/platform-clients';
import { SignedTokens } from '../signing/signed-tokens.service';
import type { GrantKind } from './grant.entity';
import { GrantsStore, keyOf } from './grants.store';
import { Renewals } from './renewals.service';
import { TokenSeal } from './sealed-tokens';
import { TokenCache, type OpenToken, type Question } from './token-cache';
import { tokenInfo } from './token-info';
import { Uses } from './uses';

/** Access tokens for those who may have them. */
@Injectable()
export class TokensService {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly store: GrantsStore,
    private readonly renewals: Renewals,
    private readonly ring: KeyRing,
    private readonly cache: TokenCache,
    private readonly uses: Uses,
    private readonly signed: SignedTokens,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** See {@link Renewals.usable}. */
  async issue(call: Call<Principal>, question: Question, rejected?: number): Promise<IssuedToken> {
    const held = this.issueHeld(call, question, rejected);
    return held ?? this.hand(call, await this.readOnce(call, question, rejected));
  }

  /** The same where nothing has to be waited for. */
  issueHeld(call: Call<Principal>, question: Question, rejected?: number): IssuedToken | undefined {
    // Nothing is issued that could not be put on record.
    this.audit.mustBeWritable();
    const token = this.cache.find(call.principal, question, rejected);
    return token && this.hand(call, token);
  }

  async describe(principal: Principal, id: string): Promise<TokenInfo> {
    const credential = await this.find(principal, { credentialId: id, kind: 'user' });
    const grant = await this.store.find(keyOf(credential, 'user'));
    return this.signed.areOf(credential)
      ? this.signed.describe(credential, grant)
      : tokenInfo(credential, grant, this.clock.now());
  }

  /** Renews it also if it would last. */
  async refresh(call: Call<Principal>, id: string): Promise<TokenInfo> {
    const credential = await this.find(call.principal, { credentialId: id, kind: 'user' });
    if (!this.signed.areOf(credential)) {
      const grant = await this.store.find(keyOf(credential, 'user'));
      await this.renewals.usable(call, credential, 'user', grant?.version);
    }
    return this.describe(call.principal, id);
  }

  /** For a check: as `issue`, but no use that would keep the token renewed. Undefined: nobody has authorised. */
  async peek(
    by: By,
    credential: Credential,
    rejected?: number,
  ): Promise<{ accessToken: string; version: number } | undefined> {
    const stored = await this.store.find(keyOf(credential, 'user'));
    if (!stored || (stored.accessToken === null && stored.refreshToken === null)) return undefined;
    const grant = await this.renewals.usable(by, credential, 'user', rejected);
    const accessToken = new TokenSeal(this.ring, credential).open('access_token', grant, grant.accessToken!);
    return { accessToken, version: grant.version };
  }

  /** All who ask at the same time share one reading; each of them is on record with what came of it. */
  private async readOnce(call: Call<Principal>, question: Question, rejected?: number): Promise<OpenToken> {
    const { principal } = call;
    try {
      return await this.cache.fill(principal, question, rejected, () => this.read(call, question, rejected));
    } catch (error) {
      if (!(error instanceof NotIssued)) throw error;
      this.audit.use(call, error.credential, 'token_issued', asAppError(error.cause).code);
      throw error.cause;
    }
  }

  private async read(call: Call<Principal>, question: Question, rejected?: number): Promise<OpenToken> {
    const credential = await this.find(call.principal, question);
    try {
      return await this.open(call, credential, question.kind, rejected);
    } catch (error) {
      throw new NotIssued(credential, error);
    }
  }

  private async open(by: By, credential: Credential, asked: GrantKind, rejected?: number): Promise<OpenToken> {
    if (this.signed.areOf(credential)) return this.signed.open(credential, rejected);
    const source = asked === 'app' ? await this.clientOf(credential) : credential;
    const grant = await this.renewals.usable(by, source, asked, rejected);
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

  private hand(call: Call<Principal>, token: OpenToken): IssuedToken {
    const { askedOf, platform, kind, accessToken, expiresAt, scopes, version } = token;
    this.uses.record(token);
    this.audit.use(call, { id: askedOf, platform }, 'token_issued');
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

/** Why there is no token of a credential that is there. */
class NotIssued extends Error {
  constructor(
    readonly credential: About,
    override readonly cause: unknown,
  ) {
    super('not issued');
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
  throw invalidFields([{ path, problem }]);
}
