import { AppError } from '@musicgen/error-codes';
import { explainAnswer, originOf, type CredentialView, type Principal } from '@musicgen/platform-contracts';
import { LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CredentialChanges } from '../credentials/credential-changes';
import { CredentialsService } from '../credentials/credentials.service';
import { CredentialsStore, type Owner } from '../credentials/credentials.store';
import { Grants } from '../grants/grants';
import { ValidationService } from '../validation/validation.service';
import { AccountNames } from './account-name';
import type { PlatformClient, TokenAnswer } from './oauth-client';
import { OAuthClients } from './oauth-clients';
import type { OAuthFlow } from './oauth-flow.entity';
import { PlatformClients } from './platform-clients';
import { PlatformRefused } from './platform-refused';
import { Revocations } from './revocations.service';

const validatedWithinMs = 5_000;

/** What a platform sends back with the browser. */
export interface Callback {
  code?: string;
  error?: string;
  iss?: string;
}

/** A user's account and his credential: joined by what the platform sent back, and parted again. */
@Injectable()
export class Connections {
  constructor(
    private readonly store: CredentialsStore,
    private readonly credentials: CredentialsService,
    private readonly clients: PlatformClients,
    private readonly oauth: OAuthClients,
    private readonly grants: Grants,
    private readonly accounts: AccountNames,
    private readonly revocations: Revocations,
    private readonly changes: CredentialChanges,
    private readonly validation: ValidationService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Exchanges the code and keeps the tokens. Until then nothing is stored, whatever goes wrong. */
  async connect(flow: OAuthFlow, verifier: string | undefined, callback: Callback) {
    const owner = { user_id: flow.userId, mode: flow.mode };
    const credential = await this.store.find(owner, flow.credentialId);
    if (!credential) throw new AppError('NOT_FOUND', { details: 'The credential was deleted meanwhile' });
    const client = await this.clients.of(credential);
    const code = codeOf(client, callback);
    const tokens = await this.exchange(client, { code, verifier, redirectUri: flow.redirectUri });
    const scopes = tokens.scopes ?? flow.scopes;
    await this.store.transaction(async (tx) => {
      const present = await this.store.findForUpdate(tx, owner, flow.credentialId);
      if (!present) throw new AppError('NOT_FOUND', { details: 'The credential was deleted meanwhile' });
      const now = new Date();
      await this.grants.save(tx, present, { ...tokens, scopes }, now);
      // Whatever was wrong with the old grant says nothing about this one.
      const state = { state: 'unverified' as const, validationError: null, updatedAt: now };
      await this.store.update(tx, owner, present.id, state);
    });
    this.changes.tell(credential);
    const [account] = await Promise.all([
      this.accounts.of(client, tokens.accessToken),
      this.validate(owner, credential.id),
    ]);
    return { credential_id: credential.id, platform: credential.platform, account, scopes };
  }

  /** Drops the tokens and keeps the client. */
  async disconnect(principal: Principal, id: string): Promise<CredentialView> {
    const disconnected = await this.store.transaction(async (tx) => {
      const credential = await this.store.findForUpdate(tx, principal, id);
      if (!credential) throw new AppError('NOT_FOUND');
      await this.revocations.addOf(tx, credential);
      await this.grants.drop(tx, credential);
      const state = { state: 'unverified' as const, validationError: null, updatedAt: new Date() };
      await this.store.update(tx, principal, id, state);
      return credential;
    });
    this.changes.tell(disconnected);
    this.revocations.wake();
    return this.credentials.get(principal, id);
  }

  /** So that people see at once whether their account is of use. What is not known in time, the next validation finds. */
  private async validate(owner: Owner, id: string): Promise<void> {
    const credential = await this.store.find(owner, id);
    if (!credential) return;
    const options = { deep: false, signal: AbortSignal.timeout(validatedWithinMs) };
    await this.validation.checkStored(credential, options).catch((error: unknown) => {
      this.logger.warn({ err: error, credential_id: id }, 'a new connection was not validated');
    });
  }

  private async exchange(
    client: PlatformClient,
    request: { code: string; verifier?: string; redirectUri: string },
  ): Promise<TokenAnswer> {
    try {
      return await this.oauth.exchange(client, request);
    } catch (error) {
      throw error instanceof PlatformRefused ? error.toAppError() : error;
    }
  }
}

/** Throws when the platform sent no code, or when it was another one that sent it (RFC 9207). */
function codeOf({ platform }: PlatformClient, { code, error, iss }: Callback): string {
  const issuer = platform.auth.issuer ?? originOf(platform, platform.auth.authorize.host);
  if (iss !== undefined && iss !== issuer) {
    throw new AppError('OAUTH_STATE_INVALID', { details: 'The answer is not from the platform that was asked' });
  }
  if (error !== undefined) throw refusal(platform, error);
  if (code) return code;
  throw new AppError('VALIDATION_FAILED', {
    details: 'The platform sent no code',
    data: { fields: [{ path: 'query.code', problem: 'is missing' }] },
  });
}

/** `user_denied` is Deezer's word. */
const denials = ['access_denied', 'user_denied'];

function refusal(platform: PlatformClient['platform'], error: string): AppError {
  if (denials.includes(error)) {
    return new AppError('REAUTHORIZATION_REQUIRED', {
      details: `You did not agree at ${platform.displayName}. Nothing was changed`,
      data: { platform: platform.id, reason: 'reauth_required', remedy: 'Start again, and agree.' },
    });
  }
  const explained = explainAnswer(platform, 'authorize', { status: 400, body: JSON.stringify({ error }) });
  return new PlatformRefused(platform.id, { ...explained, mayHaveBeenDone: false }).toAppError();
}
