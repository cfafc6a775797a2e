import { AppError } from '@musicgen/error-codes';
import { apiKeyRevoked, createApiKeyRoute, type BodyOf, type Principal } from '@musicgen/platform-contracts';
import { newId, Outbox, pageRows } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Authenticated } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import type { ApiKey } from './api-key.entity';
import { makeApiKey } from './api-key';
import { apiKeyStatus, grantApiKey, rotationDueAt } from './api-key-grant';
import { ApiKeysStore } from './api-keys.store';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: ApiKeysStore,
    private readonly outbox: Outbox,
    private readonly principals: PrincipalsService,
  ) {}

  /** The answer alone holds the key. Nobody can give a key more than he has. */
  async create(giver: Authenticated, request: BodyOf<typeof createApiKeyRoute>) {
    const { principal } = giver;
    const now = Date.now();
    const grant = grantApiKey(
      {
        mode: principal.mode,
        permissions: principal.permissions,
        expiresAt: giver.expiresAt,
        allowedIps: giver.allowedIps,
      },
      {
        permissions: request.permissions,
        expiresAt: request.expires_at ? Date.parse(request.expires_at) : null,
        allowedIps: request.allowed_ips ?? null,
      },
      now,
    );
    if (grant.kind === 'refused') throw refused(grant.fields);
    const { permissions, expiresAt, allowedIps } = grant.rights;
    const made = makeApiKey(principal.mode);
    const row: ApiKey = {
      id: newId('key'),
      userId: principal.user_id,
      mode: principal.mode,
      name: request.name,
      hash: made.hash,
      prefix: made.prefix,
      last4: made.last4,
      permissions: [...permissions],
      allowedIps: allowedIps && [...allowedIps],
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      retiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      createdAt: new Date(now),
    };
    await this.store.insert(row);
    return { ...view(row), key: made.key };
  }

  async list(principal: Principal, { limit, cursor }: { limit: number; cursor?: string }) {
    return pageRows(await this.store.list(principal, limit, cursor), limit, view);
  }

  async get(principal: Principal, id: string) {
    return view(found(await this.store.find(principal, id)));
  }

  /** Revoking twice is no error; a key that is not the caller's is not found. */
  async revoke(principal: Principal, id: string): Promise<void> {
    const key = found(await this.store.find(principal, id));
    await this.outbox.transaction(async (tx, emit) => {
      if (!(await this.store.revoke(tx, principal, id))) return;
      await emit(apiKeyRevoked, { key_id: id, user_id: key.userId, mode: key.mode });
    });
    this.principals.forget(key.hash);
  }
}

/** A permission that one lacks is forbidden; all else is a mistake in the request. */
function refused(fields: { path: string; problem: string }[]): AppError {
  const details = fields.map(({ path, problem }) => `${path}: ${problem}`).join('; ');
  const isForbidden = fields.every(({ path }) => path.startsWith('permissions.'));
  return isForbidden
    ? new AppError('INSUFFICIENT_PERMISSIONS', { details })
    : new AppError('VALIDATION_FAILED', { details, data: { fields } });
}

function found(key: ApiKey | null): ApiKey {
  if (!key) throw new AppError('NOT_FOUND');
  return key;
}

const view = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  last4: key.last4,
  mode: key.mode,
  permissions: key.permissions,
  allowed_ips: key.allowedIps,
  expires_at: key.expiresAt?.toISOString() ?? null,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  rotation_due_at: new Date(rotationDueAt(key.createdAt.getTime())).toISOString(),
  status: apiKeyStatus(
    {
      expiresAt: key.expiresAt?.getTime() ?? null,
      revokedAt: key.revokedAt?.getTime() ?? null,
      retiresAt: key.retiresAt?.getTime() ?? null,
    },
    Date.now(),
  ),
});
