import { AppError } from '@musicgen/error-codes';
import { permissions, type Permission, type Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { compileAddressList } from '../api-keys/address-list';
import { apiKeyStatus, rotationHeaders } from '../api-keys/api-key-grant';
import { hashApiKey, parseApiKey } from '../api-keys/api-key';
import { Revocations } from '../revocations/revocations.service';
import { REFRESH_ABSOLUTE_MS } from '../sessions/refresh-rotation';
import { KnownPrincipals } from './known-principals';
import { PrincipalsStore, type KeyRow, type SessionRow } from './principals.store';
import { sessionEnded, type Authenticated } from './authenticated';

/** Who a key or a session stands for: from memory while the revocation sequence does not say otherwise. */
@Injectable()
export class PrincipalsService {
  private readonly known = new KnownPrincipals();
  private readonly lookUps = new Map<string, { version: number | null; found: Promise<Authenticated> }>();

  constructor(
    private readonly store: PrincipalsStore,
    private readonly revocations: Revocations,
  ) {
    revocations.onChange((id) => this.known.forget(id));
  }

  /** From memory alone; undefined: it must be looked up. Throws INVALID_API_KEY for what cannot be a key. */
  knownKey(key: string): Authenticated | undefined {
    const known = this.revocations.holds() ? this.known.get(hashApiKey(key)) : undefined;
    // What is in memory was a key when it was looked up.
    if (!known && !parseApiKey(key)) throw invalidKey;
    return known;
  }

  /** From memory alone; undefined: it must be looked up. */
  knownSession(sessionId: string): Authenticated | undefined {
    return this.revocations.holds() ? this.known.get(sessionId) : undefined;
  }

  /** Throws INVALID_API_KEY or API_KEY_EXPIRED. A key whose checksum is wrong costs no look-up. */
  async ofKey(key: string): Promise<Authenticated> {
    if (!parseApiKey(key)) throw invalidKey;
    const hash = hashApiKey(key);
    return this.find(hash, async () => keyPrincipal(await this.store.findKey(hash), Date.now()));
  }

  /** Throws INVALID_TOKEN when the session is over. */
  ofSession(sessionId: string): Promise<Authenticated> {
    return this.find(sessionId, async () => sessionPrincipal(await this.store.findSession(sessionId), Date.now()));
  }

  private async find(name: string, look: () => Promise<Authenticated>): Promise<Authenticated> {
    await this.revocations.refresh();
    const known = this.revocations.holds() ? this.known.get(name) : undefined;
    if (known) return known;
    const version = this.revocations.version();
    const underWay = this.lookUps.get(name);
    // One that began before the last change may have seen what was before it.
    if (underWay?.version === version) return underWay.found;
    const found = this.lookUp(name, look, version);
    this.lookUps.set(name, { version, found });
    const end = () => this.lookUps.get(name)?.found === found && this.lookUps.delete(name);
    found.then(end, end);
    return found;
  }

  /** A refusal is not remembered: names that do not exist would push out those that do, and an outage would outlast itself. */
  private async lookUp(name: string, look: () => Promise<Authenticated>, version: number | null) {
    const who = await look();
    if (version !== null && version === this.revocations.version()) this.known.set(name, who);
    return who;
  }
}

/** One for all: nothing tells a key that never was from one that is over, and making it anew costs more than the check. */
const invalidKey = new AppError('INVALID_API_KEY');

function keyPrincipal(row: KeyRow | null, now: number): Authenticated {
  const status = row && apiKeyStatus(row, now);
  if (!row || status === 'revoked' || row.isLocked) throw invalidKey;
  if (status === 'expired') throw new AppError('API_KEY_EXPIRED');
  return authenticated(row, { key_id: row.keyId, method: 'api_key', permissions: row.permissions });
}

function sessionPrincipal(row: SessionRow | null, now: number): Authenticated {
  if (!row || row.revokedAt !== null || row.isLocked) throw sessionEnded();
  if (!row.key) {
    return authenticated(
      { ...row, expiresAt: row.createdAt + REFRESH_ABSOLUTE_MS, retiresAt: null, rotatedAt: null, allowedIps: null },
      {
        session_id: row.sessionId,
        method: row.isCookie ? 'cookie' : 'password',
        role: row.role,
        permissions: [...permissions],
      },
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
  row: Pick<KeyRow, 'userId' | 'mode' | 'tier' | 'expiresAt' | 'retiresAt' | 'rotatedAt' | 'allowedIps'>,
  rest: Pick<Principal, 'method' | 'session_id' | 'key_id'> & { role?: Principal['role']; permissions: Permission[] },
): Authenticated {
  const ends = [row.expiresAt, row.retiresAt].filter((time) => time !== null);
  return {
    principal: { user_id: row.userId, mode: row.mode, tier: row.tier, role: 'user', origin: 'request', ...rest },
    expiresAt: ends.length > 0 ? Math.min(...ends) : null,
    allowedIps: row.allowedIps,
    isAllowedAddress: row.allowedIps && compileAddressList(row.allowedIps),
    rotation: row.rotatedAt === null || row.retiresAt === null ? null : rotationHeaders(row.rotatedAt, row.retiresAt),
  };
}
