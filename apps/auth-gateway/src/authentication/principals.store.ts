import type { Mode, Permission, Role, TierName } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

interface UserPart {
  userId: string;
  tier: TierName;
  role: Role;
  isLocked: boolean;
  mode: Mode;
}

interface KeyPart {
  keyId: string;
  permissions: Permission[];
  allowedIps: string[] | null;
  expiresAt: number | null;
  revokedAt: number | null;
  retiresAt: number | null;
  rotatedAt: number | null;
}

export type KeyRow = UserPart & KeyPart;
export type SessionRow = UserPart & {
  sessionId: string;
  createdAt: number;
  revokedAt: number | null;
  isCookie: boolean;
  key: KeyPart | null;
};

const userColumns = `u.id AS "userId", u.tier, u.role, u.is_locked AS "isLocked"`;
const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;
const keyColumns = `k.id AS "keyId", k.permissions, k.allowed_ips AS "allowedIps", ${ms('k.expires_at')} AS "expiresAt",
  ${ms('k.revoked_at')} AS "revokedAt", ${ms('k.retires_at')} AS "retiresAt",
  ${ms('k.rotated_at')} AS "rotatedAt"`;

/** The two questions of the hot path: one row each, by a unique index. */
@Injectable()
export class PrincipalsStore {
  constructor(private readonly dataSource: DataSource) {}

  async findKey(hash: string): Promise<KeyRow | null> {
    const rows = await this.dataSource.query(
      `SELECT ${userColumns}, k.mode, ${keyColumns} FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1`,
      [hash],
    );
    return rows[0] ?? null;
  }

  async findSession(id: string): Promise<SessionRow | null> {
    const [row] = await this.dataSource.query(
      `SELECT ${userColumns}, s.mode, s.id AS "sessionId", ${ms('s.created_at')} AS "createdAt",
         ${ms('s.revoked_at')} AS "sessionRevokedAt", s.cookie_hash IS NOT NULL AS "isCookie", ${keyColumns}
       FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN api_keys k ON k.id = s.key_id WHERE s.id = $1`,
      [id],
    );
    return row ? { ...row, revokedAt: row.sessionRevokedAt, key: row.keyId === null ? null : row } : null;
  }
}
