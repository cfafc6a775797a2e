import type { Upstream } from '@musicgen/service-kit';
import type { Clock } from '../clock';
import type { AuthorizeRequest, CodeExchange, OAuthClientLike, PlatformClient, TokenAnswer } from './oauth-client';
import { PlatformRefused } from './platform-refused';

/**
 * Deezer's own OAuth: other parameter names, the secret in the query, `expires` instead of `expires_in` and 0 for never, no
 * PKCE, no refresh, and words on a page with status 200 for everything that goes wrong.
 */
export class DeezerOAuth implements OAuthClientLike {
  constructor(
    private readonly upstream: Upstream,
    private readonly clock: Clock,
  ) {}

  authorizeUrl(client: PlatformClient, { redirectUri, scopes, state }: AuthorizeRequest): string {
    const { authorize, scopes: words } = client.platform.auth;
    const query = new URLSearchParams({
      app_id: client.id,
      redirect_uri: redirectUri,
      perms: scopes.join(words.separator),
      state,
    });
    return `${this.upstream.base({ ...client, host: authorize.host })}${authorize.path}?${query}`;
  }

  async exchange(client: PlatformClient, { code }: CodeExchange, signal?: AbortSignal): Promise<TokenAnswer> {
    const { platform, id, secret } = client;
    const { token } = platform.auth;
    const query = new URLSearchParams({ app_id: id, secret: secret ?? '', code, output: 'json' });
    const askedAt = this.clock.now().getTime();
    const answer = await this.upstream
      .ask({ ...client, host: token.host }, `${token.path}?${query}`, { signal })
      .catch((error: unknown) => {
        throw PlatformRefused.unanswered(platform, error);
      });
    const { accessToken, expires } = readToken(answer.body);
    if (answer.status !== 200 || !accessToken) throw PlatformRefused.answered(platform, 'token', answer);
    return { accessToken, expiresAt: expires > 0 ? new Date(askedAt + expires * 1000) : null };
  }

  refresh(client: PlatformClient): Promise<TokenAnswer> {
    return Promise.reject(unsupported(client));
  }

  clientCredentials(client: PlatformClient): Promise<TokenAnswer> {
    return Promise.reject(unsupported(client));
  }

  async revoke(): Promise<void> {}
}

/** JSON as asked for, or the form that older apps get all the same. */
function readToken(body: string): { accessToken?: string; expires: number } {
  const { access_token: accessToken, expires } = parse(body);
  return { ...(typeof accessToken === 'string' && accessToken && { accessToken }), expires: Number(expires) || 0 };
}

function parse(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}

const unsupported = ({ platform }: PlatformClient) => new Error(`${platform.id} has no such grant`);
