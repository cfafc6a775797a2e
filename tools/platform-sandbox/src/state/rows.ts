/** An app somebody registered at a platform, or a project, a team, an account there: whatever a platform counts and knows by an id. */
export interface Client {
  /** Platform and client id. */
  readonly id: string;
  readonly platform: string;
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: string | null;
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** What the app may ask for; null: all the platform knows. */
  readonly scopes: readonly string[] | null;
  /** The platform's word for what the app may do; each platform has its own. */
  readonly mode: string;
  /** Who may use the app while it is in development; null: everybody. */
  readonly users: readonly string[] | null;
  /** Switched off or deleted at the platform. */
  readonly isDisabled: boolean;
  /** What the platform's own settings schema makes of it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A person who has accounts at the platforms. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly country: string;
  /** By platform: what is special about this person's account there. */
  readonly accounts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A user's consent to an app. */
export interface Grant {
  /** Platform, client id and user. */
  readonly id: string;
  readonly platform: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly consentedAt: number;
  readonly revokedAt: number | null;
  readonly refreshes: number;
}

/** An authorisation code. */
export interface Code {
  readonly id: string;
  readonly platform: string;
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string | null;
  readonly challengeMethod: string | null;
  readonly expiresAt: number;
  readonly usedAt: number | null;
  /** The other parameters of the authorisation request. */
  readonly params: Readonly<Record<string, string>>;
}

/** A token of any kind. */
export interface Token {
  /** The token itself. */
  readonly id: string;
  readonly platform: string;
  /** `app`: without a user. */
  readonly kind: 'access' | 'app' | 'refresh' | 'music_user';
  readonly clientId: string;
  readonly userId: string | null;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** A refresh token that was rotated away. */
  readonly replacedAt: number | null;
  /** Given to a client that showed no secret. */
  readonly isPublic: boolean;
}

/** Something that is counted in a window of time. */
export interface Counter {
  readonly id: string;
  readonly window: string;
  readonly count: number;
}
