import type { OAuth2Options, OAuth2Profile, OAuth2Strategy, Verify } from 'passport-oauth2-family';

type Family = new (options: OAuth2Options, verify: Verify) => OAuth2Strategy;

/** Who a strategy has let in, and with what. */
export interface Visitor {
  accessToken: string;
  refreshToken: string | undefined;
  profile: OAuth2Profile;
}

/** A site whose visitors log in with a strategy: what passport does around it, with one visitor's session. */
export class Site {
  private readonly strategy: OAuth2Strategy;
  private readonly session = {};

  constructor(Strategy: Family, options: OAuth2Options) {
    this.strategy = new Strategy(options, (accessToken, refreshToken, _params, profile, done) =>
      done(null, { accessToken, refreshToken, profile }),
    );
  }

  /** Where the strategy has an address of its own that no option changes. */
  move(from: string, to: string): this {
    const { _oauth2: oauth } = this.strategy;
    const ask = oauth._request.bind(oauth);
    oauth._request = (method, url, ...rest) => ask(method, url.replace(from, to), ...rest);
    return this;
  }

  /** Where the visitor is sent. */
  async login(options: object = {}): Promise<string> {
    return (await this.authenticate({}, options)) as string;
  }

  /** Who has come back; rejects with what the strategy makes of an error. */
  async callback(query: Record<string, string>): Promise<Visitor> {
    return (await this.authenticate(query)) as Visitor;
  }

  profileOf(accessToken: string): Promise<OAuth2Profile | undefined> {
    return new Promise((resolve, reject) =>
      this.strategy.userProfile(accessToken, (error, profile) => (error ? reject(asError(error)) : resolve(profile))),
    );
  }

  /** What refresh middlewares of passport call. */
  refresh(refreshToken: string): Promise<{ accessToken?: string; refreshToken?: string }> {
    return new Promise((resolve, reject) =>
      this.strategy._oauth2.getOAuthAccessToken(refreshToken, { grant_type: 'refresh_token' }, (error, access, next) =>
        error ? reject(asError(error)) : resolve({ accessToken: access, refreshToken: next }),
      ),
    );
  }

  private authenticate(query: Record<string, string>, options: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const attempt = Object.assign(Object.create(this.strategy) as OAuth2Strategy, {
        redirect: resolve,
        success: resolve,
        fail: (challenge: unknown) => reject(new Error(`failed: ${JSON.stringify(challenge)}`)),
        error: reject,
      });
      attempt.authenticate({ query, session: this.session }, options);
    });
  }
}

/** node-oauth reports with plain objects. */
function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  const { statusCode, data } = error as { statusCode: number; data: string };
  return Object.assign(new Error(`${statusCode}: ${data}`), { statusCode, data });
}
