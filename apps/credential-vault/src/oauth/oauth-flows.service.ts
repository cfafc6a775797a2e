import { AppError } from '@musicgen/error-codes';
import {
  finishOAuthRoute,
  type exchangeOAuth,
  type finishOAuth,
  type Principal,
  type RequestOf,
  type startOAuth,
} from '@musicgen/platform-contracts';
import { KeyRing, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client';
import type { By } from '../audit/audit.service';
import { CredentialsStore } from '../credentials/credentials.store';
import { readable } from '../credentials/envelope';
import { Connections, type Callback } from './connections.service';
import type { PlatformClient } from './oauth-client';
import { OAuthClients } from './oauth-clients';
import type { OAuthFlow } from './oauth-flow.entity';
import { OAuthFlowsStore } from './oauth-flows.store';
import { PlatformClients } from './platform-clients';

const livesMs = 10 * 60_000;
const stateBytes = 32;

/** Sends users to their platform and takes them back: once each, within ten minutes, and nobody in another's place. */
@Injectable()
export class OAuthFlowsService {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly clients: PlatformClients,
    private readonly oauth: OAuthClients,
    private readonly flows: OAuthFlowsStore,
    private readonly connections: Connections,
    private readonly ring: KeyRing,
  ) {}

  async start(principal: Principal, request: RequestOf<typeof startOAuth>) {
    const credential = await this.credentials.find(principal, request.id);
    if (!credential) throw new AppError('NOT_FOUND');
    const client = await this.clients.of(credential);
    const { auth, id: platform } = client.platform;
    const redirectUri = redirectUriOf(client, request);
    const scopes = request.scopes ?? scopesOf(client);
    const state = request.state ?? randomBytes(stateBytes).toString('base64url');
    const verifier = auth.pkce === 'none' ? undefined : randomPKCECodeVerifier();
    const flow: OAuthFlow = {
      stateHash: hashOf(state),
      credentialId: credential.id,
      userId: credential.userId,
      mode: credential.mode,
      platform,
      redirectUri,
      scopes,
      verifier: null,
      returnTo: request.return_to ?? null,
      browserHash: request.browser_hash ?? null,
      // A state that somebody thought up may be guessed. Where PKCE does not bind the code to this flow, only its user ends it.
      isCallbackAllowed: request.state === undefined || verifier !== undefined,
      expiresAt: new Date(Date.now() + livesMs),
    };
    if (verifier) flow.verifier = this.ring.seal(verifier, sealContext(flow));
    const authorizeUrl = this.oauth.authorizeUrl(client, {
      redirectUri,
      scopes,
      state,
      showDialog: request.show_dialog,
      codeChallenge: verifier && (await calculatePKCECodeChallenge(verifier)),
    });
    if (!(await this.flows.insert(flow)))
      throw new AppError('CONFLICT', { details: 'The state is in use; make another' });
    return { authorize_url: authorizeUrl, state, expires_at: flow.expiresAt.toISOString() };
  }

  /** The platform's callback. */
  async finish(call: Call, { platform, state, browser_hash, ...callback }: RequestOf<typeof finishOAuth>) {
    const isBrowser = (hash: string) => isEqual(hash, browser_hash ?? '');
    const flow = await this.flows.takeForCallback(platform, hashOf(state), isBrowser);
    // The callback comes with nobody's credentials: who is back says the state.
    const by = flow && { ...call, principal: { user_id: flow.userId } };
    return { ...(await this.connect(by ?? call, flow, callback)), return_to: flow?.returnTo ?? null };
  }

  /** The same for an app with a redirect page of its own. */
  async exchange(call: Call<Principal>, { id, state, ...callback }: RequestOf<typeof exchangeOAuth>) {
    const { principal } = call;
    if (!(await this.credentials.find(principal, id))) throw new AppError('NOT_FOUND');
    return this.connect(call, await this.flows.takeForUser(principal, id, hashOf(state)), callback);
  }

  private connect(by: By, flow: OAuthFlow | null, callback: Callback) {
    if (!flow) throw new AppError('OAUTH_STATE_INVALID');
    return this.connections.connect(by, { flow, verifier: this.verifierOf(flow) }, callback);
  }

  private verifierOf(flow: OAuthFlow): string | undefined {
    const { verifier, credentialId } = flow;
    if (verifier === null) return undefined;
    const row = `The authorisation of the credential ${credentialId}`;
    return readable(row, () => this.ring.open(verifier, sealContext(flow)).toString('utf8'));
  }
}

function redirectUriOf(client: PlatformClient, { redirect_uri: asked, public_url }: RequestOf<typeof startOAuth>) {
  const redirectUri = client.redirectUri ?? callbackOf(client, public_url);
  const refuse = (problem: string) =>
    new AppError('VALIDATION_FAILED', {
      details: `redirect_uri ${problem}`,
      data: { fields: [{ path: 'redirect_uri', problem }] },
    });
  if (asked !== undefined && asked !== redirectUri) throw refuse(`must be the credential's: ${redirectUri}`);
  // The credential's own was checked when it was stored. Ours is where this installation happens to be.
  const checked = client.platform.fieldsSchema.shape.redirect_uri?.safeParse(redirectUri);
  if (checked?.error) throw refuse(`${redirectUri}: ${checked.error.issues[0]?.message}`);
  return redirectUri;
}

const callbackOf = ({ platform }: PlatformClient, publicUrl: string) =>
  publicUrl + finishOAuthRoute.path.replace('{platform}', platform.id);

function scopesOf({ platform, fields }: PlatformClient): string[] {
  const chosen = fields[platform.auth.scopesField];
  return Array.isArray(chosen) ? chosen.map(String) : [...platform.auth.scopes.default];
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

const sealContext = ({ stateHash, credentialId, userId, mode }: OAuthFlow) => [
  'oauth_flow',
  stateHash,
  credentialId,
  userId,
  mode,
];
