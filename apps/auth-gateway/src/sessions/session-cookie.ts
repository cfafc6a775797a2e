import { parseCookie, stringifySetCookie } from 'cookie';
import { hash, randomBytes } from 'node:crypto';
import { REFRESH_ABSOLUTE_MS } from './refresh-rotation';

const NAME = 'session';
const SECRET_BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** The dashboard's cookie: opaque, and never seen by a script. */
export const makeSessionSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** What is stored of it. 256 random bits need no slow hash. */
export const hashSessionSecret = (secret: string): string => hash('sha256', secret, 'hex');

/** The secret in a `Cookie` header; null when there is none that could be ours. */
export function readSessionCookie(header: string | undefined): string | null {
  // Most requests come without any cookie, and need nothing parsed.
  if (header === undefined) return null;
  const secret = parseCookie(header)[NAME];
  return secret !== undefined && SHAPE.test(secret) ? secret : null;
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
    secure: !isLoopback(new URL(publicUrl).hostname),
    maxAge: secret === null ? 0 : REFRESH_ABSOLUTE_MS / 1000,
  });
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
