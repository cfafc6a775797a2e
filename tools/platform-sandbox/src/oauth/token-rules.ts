import type { Answer } from '../http/answer';
import type { Client, Code, Grant, Token } from '../state/rows';
import type { World } from '../state/world';

/** All that can go wrong at a token endpoint. */
export type TokenProblem =
  | 'no_client'
  | 'unknown_client'
  | 'wrong_secret'
  | 'disabled_client'
  | 'missing_parameter'
  | 'unsupported_grant'
  | 'bad_code'
  | 'used_code'
  | 'expired_code'
  | 'wrong_redirect'
  | 'wrong_verifier'
  | 'missing_verifier'
  | 'unknown_refresh_token'
  | 'dead_refresh_token';

/** What a grant brought. */
export interface Issued {
  readonly access: Token;
  /** undefined: none; empty: a field with nothing in it. */
  readonly refresh: string | undefined;
  readonly refreshExpiresAt: number | null;
  readonly expiresInSeconds: number;
  readonly grantType: string;
  readonly client: Client;
}

/** How a platform's token endpoint differs from the others. */
export interface TokenRules {
  readonly platform: string;
  readonly grantTypes: readonly string[];
  /** Whether a client without a secret may exchange a code that has a challenge. */
  readonly allowsPublicClients: boolean;
  readonly problem: (problem: TokenProblem, parameter?: string) => Answer;
  readonly answer: (issued: Issued, world: World) => Answer;
  readonly makeToken: (kind: Token['kind'], facts: { client: Client; userId: string | null; now: number }) => string;
  /** How long an access token lives, if not as the app's settings say; null: for ever. */
  readonly accessSeconds?: (client: Client, scopes: readonly string[]) => number | null;
  /** Whether the exchange of this code brings a refresh token. */
  readonly givesRefreshToken: (code: Code, isPublic: boolean) => boolean;
  readonly refreshExpiresAt?: (grant: Grant, client: Client) => number | null;
  /** Called with each new refresh token. */
  readonly onRefreshToken?: (token: Token, world: World) => void;
  /** Whether a refresh token has died of itself. */
  readonly isDead?: (token: Token, world: World) => boolean;
  /** Sees the form first: what a platform refuses before anything else. */
  readonly check?: (form: URLSearchParams, client: Client) => Answer | undefined;
}
