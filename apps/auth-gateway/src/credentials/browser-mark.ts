import { parse, serialize, type SerializeOptions } from 'cookie';
import { isSecure } from '../sessions/secure-cookies';
import { hashOpaqueSecret, makeOpaqueSecret } from '../tokens/opaque-secret';

const name = 'oauth_state';
const livesSeconds = 600;

/**
 * A cookie by which the browser that comes back from a platform is known to be the one that was sent there. The session's own
 * does not come along: it is Strict.
 */
export class BrowserMark {
  private readonly options: SerializeOptions;

  constructor(publicUrl: string) {
    const { pathname } = new URL(publicUrl);
    this.options = {
      path: `${pathname.replace(/\/$/, '')}/v1/oauth`,
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure(publicUrl),
    };
  }

  create(): { cookie: string; hash: string } {
    const value = makeOpaqueSecret();
    return { cookie: serialize(name, value, { ...this.options, maxAge: livesSeconds }), hash: hashOpaqueSecret(value) };
  }

  hashOf(cookies: string | undefined): string | undefined {
    const value = cookies === undefined ? undefined : parse(cookies)[name];
    return value ? hashOpaqueSecret(value) : undefined;
  }

  /** Takes it away again. */
  get gone(): string {
    return serialize(name, '', { ...this.options, maxAge: 0 });
  }
}
