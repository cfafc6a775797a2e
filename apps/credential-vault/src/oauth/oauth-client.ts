import type { Mode, OAuthClient, PlatformDefinition } from '@musicgen/platform-contracts';

/** What a token endpoint answered. */
export interface TokenAnswer {
  accessToken: string;
  /** Absent: the one we have stays. */
  refreshToken?: string;
  /** Null: never. */
  expiresAt: Date | null;
  /** What was granted, where the platform says it. */
  scopes?: string[];
  refreshExpiresAt?: Date;
}

/** A client, the credential's own or the shared one, as its platform knows it. */
export interface PlatformClient {
  platform: PlatformDefinition & { readonly auth: OAuthClient };
  mode: Mode;
  id: string;
  secret?: string;
  /** All fields of the credential that are not secret. */
  fields: Readonly<Record<string, unknown>>;
  redirectUri?: string;
}

export interface AuthorizeRequest {
  redirectUri: string;
  scopes: readonly string[];
  state: string;
  /** Left out where the platform takes no PKCE. */
  codeChallenge?: string;
  /** The user shall see the consent page also if he has agreed before. */
  showDialog?: boolean;
}

export interface CodeExchange {
  code: string;
  redirectUri: string;
  /** The PKCE verifier, where there was a challenge. */
  verifier?: string;
}

/**
 * OAuth as our platforms speak it. All that ask a platform throw `PlatformRefused`, and when test mode has no sandbox an
 * `AppError`; they ask once, and retry nothing.
 */
export interface OAuthClientLike {
  /** Where the user's browser is sent. */
  authorizeUrl(client: PlatformClient, request: AuthorizeRequest): string;
  exchange(client: PlatformClient, exchange: CodeExchange, signal?: AbortSignal): Promise<TokenAnswer>;
  refresh(client: PlatformClient, refreshToken: string, signal?: AbortSignal): Promise<TokenAnswer>;
  clientCredentials(client: PlatformClient, signal?: AbortSignal): Promise<TokenAnswer>;
  /** Ends the grant at the platform; does nothing where the platform offers no such thing. */
  revoke(client: PlatformClient, token: string, signal?: AbortSignal): Promise<void>;
}
