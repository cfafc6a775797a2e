import type { Endpoint } from '@musicgen/platform-contracts';
import type { Upstream, UpstreamAnswer } from '@musicgen/service-kit';
import * as oauth from 'openid-client';
import type { Clock } from '../clock';
import type { AuthorizeRequest, CodeExchange, OAuthClientLike, PlatformClient, TokenAnswer } from './oauth-client';
import { PlatformRefused } from './platform-refused';

/** RFC 6749, 5.1 only recommends `expires_in`; where it is missing we rather refresh too early. */
const secondsIfUnsaid = 3600;

type TokenResponse = Awaited<ReturnType<typeof oauth.genericGrantRequest>>;

/** OAuth 2.0 by the book (RFC 6749, 7009, 7636). */
export class StandardOAuth implements OAuthClientLike {
  constructor(
    private readonly upstream: Upstream,
    private readonly clock: Clock,
  ) {}

  authorizeUrl(client: PlatformClient, request: AuthorizeRequest): string {
    const { authorizeParams, consentParams, scopes } = client.platform.auth;
    const parameters = {
      ...authorizeParams,
      ...(request.showDialog && consentParams),
      redirect_uri: request.redirectUri,
      state: request.state,
      ...(request.scopes.length > 0 && { scope: request.scopes.join(scopes.separator) }),
      ...(request.codeChallenge && { code_challenge: request.codeChallenge, code_challenge_method: 'S256' }),
    };
    return oauth.buildAuthorizationUrl(this.configuration(client), parameters).href;
  }

  exchange(client: PlatformClient, { code, redirectUri, verifier }: CodeExchange, signal?: AbortSignal) {
    const parameters = { code, redirect_uri: redirectUri, ...(verifier && { code_verifier: verifier }) };
    return this.grant(client, 'authorization_code', parameters, signal);
  }

  refresh(client: PlatformClient, refreshToken: string, signal?: AbortSignal) {
    return this.grant(client, 'refresh_token', { refresh_token: refreshToken }, signal);
  }

  clientCredentials(client: PlatformClient, signal?: AbortSignal) {
    return this.grant(client, 'client_credentials', {}, signal);
  }

  async revoke(client: PlatformClient, token: string, signal?: AbortSignal): Promise<void> {
    const { revoke } = client.platform.auth;
    if (!revoke) return;
    await this.ask(client, 'revoke', revoke, signal, (config) => oauth.tokenRevocation(config, token));
  }

  private async grant(client: PlatformClient, type: string, parameters: Record<string, string>, signal?: AbortSignal) {
    const askedAt = this.clock.now().getTime();
    const response = await this.ask(client, 'token', client.platform.auth.token, signal, (config) =>
      oauth.genericGrantRequest(config, type, parameters),
    );
    return tokenAnswer(client, response, askedAt);
  }

  /** Whatever the library makes of an answer that it does not like: the answer itself is read by the platform's table. */
  private async ask<T>(
    client: PlatformClient,
    part: string,
    { host, path }: Endpoint,
    signal: AbortSignal | undefined,
    request: (config: oauth.Configuration) => Promise<T>,
  ): Promise<T> {
    const { platform, mode, fields } = client;
    const config = this.configuration(client);
    let answer: UpstreamAnswer | undefined;
    config[oauth.customFetch] = async (_url, { method, headers, body }) => {
      answer = await this.upstream.ask({ platform, host, mode, fields }, path, { method, headers, body, signal });
      return new Response(withoutEmpty(answer.body) || null, {
        status: answer.status,
        headers: typeOf(answer.headers),
      });
    };
    try {
      return await request(config);
    } catch (error) {
      throw answer
        ? PlatformRefused.answered(platform, part, answer)
        : PlatformRefused.unanswered(platform, causeOf(error));
    }
  }

  private configuration({ platform, mode, fields, id, secret }: PlatformClient): oauth.Configuration {
    const { authorize, token, revoke, clientAuth } = platform.auth;
    const place = ({ host, path }: Endpoint) => this.upstream.base({ platform, host, mode, fields }) + path;
    const server = {
      issuer: place({ host: authorize.host, path: '' }),
      authorization_endpoint: place(authorize),
      token_endpoint: place(token),
      ...(revoke && { revocation_endpoint: place(revoke) }),
    };
    const proof = clientAuth === 'basic' ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
    const config = new oauth.Configuration(server, id, {}, secret === undefined ? oauth.None() : proof);
    // Test mode is the sandbox, on this machine or next to it.
    if (mode === 'test') oauth.allowInsecureRequests(config);
    return config;
  }
}

function tokenAnswer({ platform }: PlatformClient, response: TokenResponse, askedAt: number): TokenAnswer {
  const { access_token, refresh_token, scope, expires_in = secondsIfUnsaid } = response;
  const scopes = scope?.split(/[\s,]+/).filter(Boolean) ?? [];
  const { refreshExpiresIn } = platform.auth;
  const refreshSeconds = refreshExpiresIn === undefined ? Number.NaN : Number(response[refreshExpiresIn]);
  return {
    accessToken: access_token,
    expiresAt: new Date(askedAt + expires_in * 1000),
    ...(refresh_token && { refreshToken: refresh_token }),
    ...(scopes.length > 0 && { scopes }),
    ...(refreshSeconds > 0 && { refreshExpiresAt: new Date(askedAt + refreshSeconds * 1000) }),
  };
}

/** `"refresh_token": ""` is a platform's way to say that there is no new one; the library takes it for a broken answer. */
function withoutEmpty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), (_key, value: unknown) => (value === '' ? undefined : value));
  } catch {
    return body;
  }
}

/** The body is decoded already, so of its headers only this one is still true. */
const typeOf = (headers: Headers) => ({ 'content-type': headers.get('content-type') ?? '' });

/** The library wraps what `fetch` throws. */
const causeOf = (error: unknown) =>
  error instanceof oauth.ClientError && error.cause !== undefined ? error.cause : error;
