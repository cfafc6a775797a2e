import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { QuotaDay } from './quota-day.entity';

/** What is left of a day. A reservation is part of the transaction that creates the generation, so neither is without the other. */
@Injectable()
export class QuotaStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False when the day's limit is reached. */
  async reserve(tx: EntityManager, { userId, mode }: Owner, day: string, limit: number): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO quota_days (user_id, mode, day, reserved) VALUES ($1, $2, $3, 1)
       ON CONFLICT (user_id, mode, day) DO UPDATE SET reserved = quota_days.reserved + 1 WHERE quota_days.reserved < $4
       RETURNING reserved`,
      [userId, mode, day, limit],
    );
    return rows.length > 0;
  }

  /** Gives a generation's reservation back, once: nothing happens if it is spent or was given back already. */
  async release(tx: EntityManager, { userId, mode }: Owner, generationId: string): Promise<void> {
    await tx.query(
      `WITH released AS (
         UPDATE generations SET quota = 'released'
         WHERE id = $1 AND user_id = $2 AND mode = $3 AND quota = 'reserved' RETURNING quota_day
       )
       UPDATE quota_days SET reserved = reserved - 1 FROM released
       WHERE user_id = $2 AND mode = $3 AND day = released.quota_day`,
      [generationId, userId, mode],
    );
  }

  async countReserved({ userId, mode }: Owner, day: string): Promise<number> {
    const row = await this.dataSource.getRepository(QuotaDay).findOneBy({ userId, mode, day });
    return row?.reserved ?? 0;
  }
}
