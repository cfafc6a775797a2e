import { parse, serialize, type SerializeOptions } from 'cookie';
import { createHash, randomBytes } from 'node:crypto';

const name = 'oauth_state';
const livesSeconds = 600;

/**
 * A cookie by which the browser that comes back from a platform is known to be the one that was sent there. The session's own
 * does not come along: it is Strict.
 */
export class BrowserMark {
  private readonly options: SerializeOptions;

  constructor(publicUrl: string) {
    const { pathname, hostname } = new URL(publicUrl);
    this.options = {
      path: `${pathname.replace(/\/$/, '')}/v1/oauth`,
      httpOnly: true,
      sameSite: 'lax',
      secure: !['127.0.0.1', '[::1]', 'localhost'].includes(hostname),
    };
  }

  create(): { cookie: string; hash: string } {
    const value = randomBytes(32).toString('base64url');
    return { cookie: serialize(name, value, { ...this.options, maxAge: livesSeconds }), hash: hashOf(value) };
  }

  hashOf(cookies: string | undefined): string | undefined {
    const value = cookies === undefined ? undefined : parse(cookies)[name];
    return value ? hashOf(value) : undefined;
  }

  /** Takes it away again. */
  get gone(): string {
    return serialize(name, '', { ...this.options, maxAge: 0 });
  }
}

const hashOf = (value: string) => createHash('sha256').update(value).digest('hex');
