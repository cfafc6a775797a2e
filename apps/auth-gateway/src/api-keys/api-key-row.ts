import type { ApiKey } from './api-key.entity';
import type { NewApiKey } from './api-key';
import { apiKeyStatus, rotationDueAt, type ApiKeyTimes, type KeyRights } from './api-key-grant';

export const rightsOfKey = ({ mode, permissions, expiresAt, allowedIps }: ApiKey): KeyRights => ({
  mode,
  permissions,
  expiresAt: expiresAt?.getTime() ?? null,
  allowedIps,
});

export const timesOf = (key: ApiKey): ApiKeyTimes => ({
  expiresAt: key.expiresAt?.getTime() ?? null,
  revokedAt: key.revokedAt?.getTime() ?? null,
  retiresAt: key.retiresAt?.getTime() ?? null,
});

export const newApiKeyRow = (
  id: string,
  userId: string,
  { mode, name, permissions, expiresAt, allowedIps }: KeyRights & { name: string },
  { hash, prefix, last4 }: NewApiKey,
  now: number,
): ApiKey => ({
  ...{ id, userId, mode, name, hash, prefix, last4 },
  permissions: [...permissions],
  allowedIps: allowedIps && [...allowedIps],
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
  createdAt: new Date(now),
  ...{ retiresAt: null, rotatedAt: null, replacedBy: null, revokedAt: null, lastUsedAt: null },
  ...{ expiryAnnounced: null, rotationAnnounced: null },
});

/** A key as its owner sees it. */
export const apiKeyView = (key: ApiKey) => ({
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
  status: apiKeyStatus(timesOf(key), Date.now()),
});
