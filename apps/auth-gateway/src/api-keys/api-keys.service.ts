import { AppError, invalidFields, type FieldProblem } from '@musicgen/error-codes';
import {
  apiKeyRevoked,
  apiKeyRotated,
  createApiKeyRoute,
  type BodyOf,
  type PageRequest,
  type Principal,
} from '@musicgen/platform-contracts';
import { Outbox, pageRows } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import type { Authenticated } from '../authentication/authenticated';
import type { ApiKey } from './api-key.entity';
import type { Creation } from '../idempotency/creation';
import { makeApiKey } from './api-key';
import { apiKeyStatus, exceeding, grantApiKey, reminderDue, retiresAt, type KeyRights } from './api-key-grant';
import { apiKeyView, newApiKeyRow, rightsOfKey, timesOf } from './api-key-row';
import { Revocations } from '../revocations/revocations.service';
import { ApiKeysStore } from './api-keys.store';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: ApiKeysStore,
    private readonly outbox: Outbox,
    private readonly revocations: Revocations,
    private readonly audit: Audit,
  ) {}

  /** The answer alone holds the key. Nobody can give a key more than he has. */
  async create(giver: Authenticated, request: BodyOf<typeof createApiKeyRoute>, { id, seed }: Creation, by: Actor) {
    const { principal } = giver;
    const now = Date.now();
    const grant = grantApiKey(
      rightsOf(giver),
      {
        permissions: request.permissions,
        expiresAt: request.expires_at ? Date.parse(request.expires_at) : null,
        allowedIps: request.allowed_ips ?? null,
      },
      now,
    );
    if (grant.kind === 'refused') throw refused(grant.fields);
    const made = makeApiKey(principal.mode, seed);
    const row = newApiKeyRow(id, principal.user_id, { ...grant.rights, name: request.name }, made, now);
    const isNew = await this.outbox.transaction(async (tx) => {
      if (!(await this.store.insert(row, tx))) return false;
      const details = { permissions: row.permissions, expires_at: row.expiresAt, allowed_ips: row.allowedIps };
      await this.audit.change(tx, by, { action: 'key_created', target: id, details });
      return true;
    });
    if (isNew) return { ...apiKeyView(row), key: made.key };
    // A repeat of a request that was cut off after the key was stored, before anybody was shown it.
    const stored = await this.store.find(principal, id);
    if (stored?.hash !== made.hash) throw new AppError('CONFLICT', { details: 'The id is taken' });
    return { ...apiKeyView(stored), key: made.key };
  }

  /** A new key with the same settings. Nobody is handed a key that can do more than he can. */
  async rotate(giver: Authenticated, id: string, overlapDays: number, { id: newKeyId, seed }: Creation, by: Actor) {
    const { principal } = giver;
    const made = makeApiKey(principal.mode, seed);
    const successor = await this.outbox.transaction(async (tx, emit) => {
      const key = found(await this.store.findForUpdate(tx, principal, id));
      const isRepeat = key.replacedBy === newKeyId;
      if (isRepeat) return found(await this.store.findForUpdate(tx, principal, newKeyId));
      const now = Date.now();
      mustBeRotatable(key, rightsOf(giver), now);
      const ends = retiresAt(timesOf(key), overlapDays, now);
      // Of the end that it comes to, the rotation tells.
      const expiryAnnounced = reminderDue(ends, null, now);
      const retiring = { ...key, rotatedAt: new Date(now), retiresAt: new Date(ends), expiryAnnounced };
      const next = newApiKeyRow(newKeyId, key.userId, { ...rightsOfKey(key), name: key.name }, made, now);
      await this.store.replace(tx, retiring, next);
      await emit(apiKeyRotated, {
        key_id: id,
        replaced_by: next.id,
        retires_at: retiring.retiresAt.toISOString(),
        user_id: key.userId,
        mode: key.mode,
      });
      const details = { replaced_by: next.id, retires_at: retiring.retiresAt };
      await this.audit.change(tx, by, { action: 'key_rotated', target: id, details });
      await this.revocations.announce(tx, { keys: [id] });
      return next;
    });
    return { ...apiKeyView(successor), key: made.key };
  }

  async list(principal: Principal, { limit, cursor }: PageRequest) {
    return pageRows(await this.store.list(principal, limit, cursor), limit, apiKeyView);
  }

  async get(principal: Principal, id: string) {
    return apiKeyView(found(await this.store.find(principal, id)));
  }

  /** Revoking twice is no error; a key that is not the caller's is not found. */
  async revoke(principal: Principal, id: string, by: Actor): Promise<void> {
    const key = found(await this.store.find(principal, id));
    await this.outbox.transaction(async (tx, emit) => {
      if (!(await this.store.revoke(tx, principal, id))) return;
      await emit(apiKeyRevoked, { key_id: id, user_id: key.userId, mode: key.mode });
      await this.audit.change(tx, by, { action: 'key_revoked', target: id });
      await this.revocations.announce(tx, { keys: [id] });
    });
  }
}

/** Throws CONFLICT for a key that has been replaced or is over, INSUFFICIENT_PERMISSIONS for one above the caller. */
function mustBeRotatable(key: ApiKey, giver: KeyRights, now: number): void {
  const status = apiKeyStatus(timesOf(key), now);
  if (key.replacedBy !== null) throw new AppError('CONFLICT', { details: `Its replacement is ${key.replacedBy}` });
  if (status !== 'active') throw new AppError('CONFLICT', { details: `The key is ${status}; create a new one` });
  const problems = exceeding(giver, rightsOfKey(key));
  if (problems.length > 0) {
    const details = `The key has more than the caller: ${problems.map(({ path, problem }) => `${path} ${problem}`).join('; ')}`;
    throw new AppError('INSUFFICIENT_PERMISSIONS', { details });
  }
}

/** What a password session makes may outlive it; what a key makes may not outlive the key. */
const rightsOf = ({ principal, expiresAt, allowedIps }: Authenticated): KeyRights => ({
  mode: principal.mode,
  permissions: principal.permissions,
  expiresAt: principal.key_id === undefined ? null : expiresAt,
  allowedIps,
});

/** A permission that one lacks is forbidden; all else is a mistake in the request. */
function refused(fields: FieldProblem[]): AppError {
  const invalid = invalidFields(fields);
  const isForbidden = fields.every(({ path }) => path.startsWith('permissions.'));
  return isForbidden ? new AppError('INSUFFICIENT_PERMISSIONS', { details: invalid.details }) : invalid;
}

function found(key: ApiKey | null): ApiKey {
  if (!key) throw new AppError('NOT_FOUND');
  return key;
}
