import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import type { AccessTokenClaims } from './access-token';

const TOKENS_MAX = 20_000;

/**
 * Tokens whose signature was checked already. Kept by SHA-256, so that a dump of the memory shows none of them; bounded,
 * so that many tokens push out the least used. It says nothing about the session: that is asked on each request.
 */
export class VerifiedTokens {
  readonly #bySession = new Map<string, Set<string>>();
  readonly #claims: LRUCache<string, AccessTokenClaims>;

  constructor(max = TOKENS_MAX) {
    this.#claims = new LRUCache({ max, dispose: ({ sid }, key) => this.#unlink(sid, key) });
  }

  get size(): number {
    return this.#claims.size;
  }

  /** Null when the token must be verified: never seen, forgotten, or past its `exp`. */
  find(token: string, now: number): AccessTokenClaims | null {
    const key = keyOf(token);
    const claims = this.#claims.get(key);
    if (claims === undefined) return null;
    if (now < claims.exp * 1000) return claims;
    this.#claims.delete(key);
    return null;
  }

  remember(token: string, claims: AccessTokenClaims): void {
    const key = keyOf(token);
    this.#claims.set(key, claims);
    const keys = this.#bySession.get(claims.sid);
    if (keys) keys.add(key);
    else this.#bySession.set(claims.sid, new Set([key]));
  }

  forgetSession(sid: string): void {
    for (const key of this.#bySession.get(sid) ?? []) this.#claims.delete(key);
  }

  /** After a signing key was withdrawn ahead of time. */
  clear(): void {
    this.#claims.clear();
  }

  #unlink(sid: string, key: string): void {
    const keys = this.#bySession.get(sid);
    keys?.delete(key);
    if (keys?.size === 0) this.#bySession.delete(sid);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
