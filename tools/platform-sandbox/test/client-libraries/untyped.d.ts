/** What the strategies of passport-oauth2's family have in common; their packages bring no types. */
declare module 'passport-oauth2-family' {
  import { Strategy } from 'passport-strategy';

  interface OAuth2Options {
    readonly clientID: string;
    readonly clientSecret: string;
    readonly callbackURL: string;
    readonly authorizationURL: string;
    readonly tokenURL: string;
    readonly userProfileURL?: string;
    readonly scope?: readonly string[];
    readonly state?: boolean;
    readonly pkce?: boolean;
  }

  interface OAuth2Profile {
    readonly provider: string;
    readonly id: string | number;
    readonly displayName: string;
    readonly emails?: readonly { readonly value: string }[];
    readonly profileUrl?: string | null;
  }

  type Done = (error: unknown, user?: object) => void;
  type Verify = (
    accessToken: string,
    refreshToken: string | undefined,
    params: unknown,
    profile: OAuth2Profile,
    done: Done,
  ) => void;

  type Request = (method: string, url: string, ...rest: unknown[]) => void;
  type Tokens = (error: unknown, accessToken?: string, refreshToken?: string, params?: unknown) => void;

  class OAuth2Strategy extends Strategy {
    constructor(options: OAuth2Options, verify: Verify);
    authenticate(request: object, options?: object): void;
    userProfile(accessToken: string, done: (error: unknown, profile?: OAuth2Profile) => void): void;
    readonly _oauth2: {
      _request: Request;
      getOAuthAccessToken(code: string, params: Record<string, string>, done: Tokens): void;
    };
  }
}

declare module 'passport-spotify' {
  export { OAuth2Strategy as Strategy } from 'passport-oauth2-family';
}

declare module 'passport-amazon' {
  export { OAuth2Strategy as Strategy } from 'passport-oauth2-family';
}

declare module 'passport-deezer' {
  export { OAuth2Strategy as Strategy } from 'passport-oauth2-family';
}

/** Its own declarations are those of a script, which nothing can be imported from. */
declare module 'acrcloud' {
  interface Music {
    readonly acrid: string;
    readonly title: string;
    readonly score: number;
  }

  interface Identification {
    readonly status: { readonly msg: string; readonly code: number; readonly version: string };
    readonly metadata: { readonly timestamp_utc: string; readonly music: readonly Music[] };
  }

  export default class ACRCloud {
    constructor(config: { host: string; access_key: string; access_secret: string });
    identify(sample: Buffer): Promise<Identification>;
  }
}
