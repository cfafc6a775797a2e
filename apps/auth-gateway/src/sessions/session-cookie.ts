import { parseCookie, stringifySetCookie } from 'cookie';
import { isOpaqueSecret } from '../tokens/opaque-secret';
import { REFRESH_ABSOLUTE_MS } from './refresh-rotation';
import { isSecure } from './secure-cookies';

/** The dashboard's cookie: opaque, and never seen by a script. */
const NAME = 'session';

/** The secret in a `Cookie` header; null when there is none that could be ours. */
export function readSessionCookie(header: string | undefined): string | null {
  // Most requests come without any cookie, and need nothing parsed.
  if (header === undefined) return null;
  const secret = parseCookie(header)[NAME];
  return secret !== undefined && isOpaqueSecret(secret) ? secret : null;
}

/**
 * `Set-Cookie` for a secret, or to delete it with null. The browser keeps it as long as the server may accept it; that it
 * ends after 30 idle days only the server knows.
 */
export function setSessionCookie(secret: string | null, publicUrl: string): string {
  return stringifySetCookie({
    name: NAME,
    value: secret ?? '',
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(publicUrl),
    maxAge: secret === null ? 0 : REFRESH_ABSOLUTE_MS / 1000,
  });
}
