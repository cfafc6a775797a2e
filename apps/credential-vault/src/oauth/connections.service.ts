import { AppError } from '@musicgen/error-codes';
import { explainAnswer, originOf } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { Audit, type By } from '../audit/audit.service';
import { Clock } from '../clock';
import { CredentialChanges } from '../credentials/credential-changes';
import { CredentialsStore } from '../credentials/credentials.store';
import { Grants } from '../grants/grants';
import { FirstLook } from './first-look.service';
import type { PlatformClient, TokenAnswer } from './oauth-client';
import { OAuthClients } from './oauth-clients';
import type { OAuthFlow } from './oauth-flow.entity';
import { PlatformClients } from './platform-clients';
import { PlatformRefused } from './platform-refused';

/** What a platform sends back with the browser. */
export interface Callback {
  code?: string;
  error?: string;
  iss?: string;
}

interface Connection {
  credential_id: string;
  platform: string;
  account: string | null;
  scopes: string[];
}

/** Joins a user's account and his credential by what the platform sent back. */
@Injectable()
export class Connections {
  constructor(
    private readonly store: CredentialsStore,
    private readonly clients: PlatformClients,
    private readonly oauth: OAuthClients,
    private readonly grants: Grants,
    private readonly changes: CredentialChanges,
    private readonly firstLook: FirstLook,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Exchanges the code and keeps the tokens. Until then nothing is stored, whatever goes wrong. */
  async connect(
    by: By,
    { flow, verifier }: { flow: OAuthFlow; verifier?: string },
    callback: Callback,
  ): Promise<Connection> {
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
      const now = this.clock.now();
      await this.grants.save(tx, present, { ...tokens, scopes }, now);
      // Whatever was wrong with the old grant says nothing about this one.
      const state = { state: 'unverified' as const, validationError: null, updatedAt: now };
      await this.store.update(tx, owner, present.id, state);
      await this.audit.change(tx, by, present, 'authorized');
    });
    this.changes.tell(credential);
    const account = await this.firstLook.at(client, tokens.accessToken, owner, { id: credential.id, by });
    return { credential_id: credential.id, platform: credential.platform, account, scopes };
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
