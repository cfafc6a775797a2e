import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ONE_TIME_TOKEN_LIFETIME_MS, type OneTimePurpose } from './one-time-token';

/** Links that work once. Time is the database's: the one clock that all replicas share. */
@Injectable()
export class OneTimeTokensStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Puts this one in the place of the user's last. */
  async replace(userId: string, purpose: OneTimePurpose, hash: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO one_time_tokens (hash, user_id, purpose, created_at, expires_at)
       VALUES ($1, $2, $3, now(), now() + $4 * interval '1 millisecond')
       ON CONFLICT (user_id, purpose) DO UPDATE
         SET hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at`,
      [hash, userId, purpose, ONE_TIME_TOKEN_LIFETIME_MS],
    );
  }

  async isYoungerThan(userId: string, purpose: OneTimePurpose, ms: number): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM one_time_tokens
       WHERE user_id = $1 AND purpose = $2 AND created_at > now() - $3 * interval '1 millisecond'`,
      [userId, purpose, ms],
    );
    return rows.length > 0;
  }

  /** Whose token it is; it stays usable. */
  async findUser(hash: string, purpose: OneTimePurpose): Promise<string | null> {
    const [row] = await this.dataSource.query(
      `SELECT user_id FROM one_time_tokens WHERE hash = $1 AND purpose = $2 AND expires_at > now()`,
      [hash, purpose],
    );
    return row?.user_id ?? null;
  }

  /** Uses the token up; null when it cannot be used, or not any more. Of two at once, one gets it. */
  async take(tx: EntityManager, hash: string, purpose: OneTimePurpose): Promise<string | null> {
    const [rows] = await tx.query(
      `DELETE FROM one_time_tokens WHERE hash = $1 AND purpose = $2 AND expires_at > now() RETURNING user_id`,
      [hash, purpose],
    );
    return rows[0]?.user_id ?? null;
  }

  async removeFor(tx: EntityManager, userId: string, purpose: OneTimePurpose): Promise<void> {
    await tx.query('DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2', [userId, purpose]);
  }

  async purge(): Promise<void> {
    await this.dataSource.query('DELETE FROM one_time_tokens WHERE expires_at < now()');
  }
}
