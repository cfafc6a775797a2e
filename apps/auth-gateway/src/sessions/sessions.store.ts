import type { Mode, Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { REFRESH_ABSOLUTE_MS, REFRESH_IDLE_MS } from './refresh-rotation';
import { Session } from './session.entity';

/** Of a session `s` and its key `k`, if it was made from one. By the database's time: the one clock that all replicas share. */
const isLive = `s.revoked_at IS NULL
  AND s.last_used_at > now() - interval '${REFRESH_IDLE_MS} milliseconds'
  AND s.created_at > now() - interval '${REFRESH_ABSOLUTE_MS} milliseconds'
  AND (s.key_id IS NULL OR (k.revoked_at IS NULL AND coalesce(least(k.expires_at, k.retires_at), 'infinity') > now()))`;

export interface EndedSession {
  id: string;
  mode: Mode;
}

@Injectable()
export class SessionsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False while there is no connection yet. */
  get isConnected(): boolean {
    return this.dataSource.isInitialized;
  }

  async insert(tx: EntityManager, session: Session): Promise<void> {
    await tx.insert(Session, session);
  }

  findByFamily(family: string): Promise<Session | null> {
    return this.dataSource.getRepository(Session).findOneBy({ family });
  }

  async findByFamilyForUpdate(tx: EntityManager, family: string): Promise<{ session: Session; now: Date } | null> {
    const session = await tx.findOne(Session, { where: { family }, lock: { mode: 'pessimistic_write' } });
    if (!session) return null;
    const [{ now }] = await tx.query('SELECT clock_timestamp() AS now');
    return { session, now };
  }

  /** Of a session that is neither over nor idle for too long. */
  async findIdByCookie(cookieHash: string): Promise<string | null> {
    const [row] = await this.dataSource.query(
      `SELECT s.id FROM sessions s LEFT JOIN api_keys k ON k.id = s.key_id WHERE s.cookie_hash = $1 AND ${isLive}`,
      [cookieHash],
    );
    return row?.id ?? null;
  }

  find({ user_id: userId, mode }: Principal, id: string): Promise<Session | null> {
    return this.dataSource.getRepository(Session).findOneBy({ id, userId, mode });
  }

  /** Those that can still be used, newest first, one more than the limit. */
  list({ user_id: userId, mode }: Principal, limit: number, cursor?: string): Promise<Session[]> {
    return this.dataSource
      .getRepository(Session)
      .createQueryBuilder('s')
      .leftJoin('api_keys', 'k', 'k.id = s.key_id')
      .where('s.user_id = :userId AND s.mode = :mode', { userId, mode })
      .andWhere(isLive)
      .andWhere(cursor === undefined ? 'true' : 's.id < :cursor', { cursor })
      .orderBy('s.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  async update(tx: EntityManager, id: string, changes: Partial<Session>): Promise<void> {
    await tx.update(Session, { id }, changes);
  }

  /** Null if there is none of this user that goes on. */
  async revoke(tx: EntityManager, userId: string, id: string): Promise<EndedSession | null> {
    const [rows] = await tx.query(
      `UPDATE sessions SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id, mode`,
      [id, userId],
    );
    return rows[0] ?? null;
  }

  /** In both modes. */
  async revokeAll(tx: EntityManager, userId: string, but?: string): Promise<EndedSession[]> {
    const [rows] = await tx.query(
      `UPDATE sessions SET revoked_at = now()
       WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL RETURNING id, mode`,
      [userId, but ?? null],
    );
    return rows;
  }

  /** Never back: another replica may have stored a later use. */
  async noteUses(uses: readonly (readonly [id: string, at: number])[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE sessions SET last_used_at = greatest(last_used_at, to_timestamp(v.at / 1000))
       FROM unnest($1::text[], $2::float8[]) AS v (id, at) WHERE sessions.id = v.id`,
      [uses.map(([id]) => id), uses.map(([, at]) => at)],
    );
  }

  /** Sessions that nothing can bring back. */
  async purge(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM sessions WHERE created_at < now() - interval '${REFRESH_ABSOLUTE_MS} milliseconds' - interval '1 day'`,
    );
  }
}
