import { AppError } from '@musicgen/error-codes';
import { permissions, type Permission, type Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { compileAddressList } from '../api-keys/address-list';
import { apiKeyStatus } from '../api-keys/api-key-grant';
import { hashApiKey, parseApiKey } from '../api-keys/api-key';
import { PrincipalsStore, type KeyRow, type SessionRow } from './principals.store';
import { sessionEnded, type Authenticated } from './authenticated';

/** An answer is asked anew after this long: a revocation is seen everywhere within a second. */
const freshForMs = 900;
const entriesMax = 50_000;

/** Looks up who a key or a session stands for, at most once a second each. */
@Injectable()
export class PrincipalsService {
  private readonly known = new LRUCache<string, Promise<Authenticated>>({ max: entriesMax, ttl: freshForMs });

  constructor(private readonly store: PrincipalsStore) {}

  /** Throws INVALID_API_KEY or API_KEY_EXPIRED. A key whose checksum is wrong costs no look-up. */
  ofKey(key: string): Promise<Authenticated> {
    if (!parseApiKey(key)) throw new AppError('INVALID_API_KEY');
    const hash = hashApiKey(key);
    return this.remembered(hash, async () => keyPrincipal(await this.store.findKey(hash), Date.now()));
  }

  /** Throws INVALID_TOKEN when the session is over. */
  ofSession(sessionId: string): Promise<Authenticated> {
    return this.remembered(sessionId, async () =>
      sessionPrincipal(await this.store.findSession(sessionId), Date.now()),
    );
  }

  /** After a change that was made here. */
  forget(keyHashOrSessionId: string): void {
    this.known.delete(keyHashOrSessionId);
  }

  private remembered(name: string, look: () => Promise<Authenticated>): Promise<Authenticated> {
    const known = this.known.get(name);
    if (known) return known;
    const found = look();
    this.known.set(name, found);
    // A refusal is not remembered: names that do not exist would push out those that do, and an outage would outlast itself.
    found.catch(() => this.known.get(name) === found && this.known.delete(name));
    return found;
  }
}

function keyPrincipal(row: KeyRow | null, now: number): Authenticated {
  const status = row && apiKeyStatus(row, now);
  if (!row || status === 'revoked' || row.isLocked) throw new AppError('INVALID_API_KEY');
  if (status === 'expired') throw new AppError('API_KEY_EXPIRED');
  return authenticated(row, { key_id: row.keyId, method: 'api_key', permissions: row.permissions });
}

function sessionPrincipal(row: SessionRow | null, now: number): Authenticated {
  if (!row || row.revokedAt !== null || row.isLocked) throw sessionEnded();
  if (!row.key) {
    return authenticated(
      { ...row, expiresAt: null, retiresAt: null, allowedIps: null },
      { session_id: row.sessionId, method: 'password', role: row.role, permissions: [...permissions] },
    );
  }
  // It can never do more than its key, and ends with it.
  if (!['active', 'rotating'].includes(apiKeyStatus(row.key, now))) throw sessionEnded();
  return authenticated(
    { ...row, ...row.key },
    { session_id: row.sessionId, key_id: row.key.keyId, method: 'key_session', permissions: row.key.permissions },
  );
}

function authenticated(
  row: Pick<KeyRow, 'userId' | 'mode' | 'tier' | 'expiresAt' | 'retiresAt' | 'allowedIps'>,
  rest: Pick<Principal, 'method' | 'session_id' | 'key_id'> & { role?: Principal['role']; permissions: Permission[] },
): Authenticated {
  const ends = [row.expiresAt, row.retiresAt].filter((time) => time !== null);
  return {
    principal: { user_id: row.userId, mode: row.mode, tier: row.tier, role: 'user', origin: 'request', ...rest },
    expiresAt: ends.length > 0 ? Math.min(...ends) : null,
    allowedIps: row.allowedIps,
    isAllowedAddress: row.allowedIps && compileAddressList(row.allowedIps),
  };
}
