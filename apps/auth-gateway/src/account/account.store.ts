import type { Mode } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

export interface UsageRow {
  mode: Mode;
  day: string;
  key_id: string;
  route: string;
  status_class: string;
  requests: number;
}

/** All that a user has here, in both modes. */
@Injectable()
export class AccountStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Whatever else may have come in since is gone when it is done again. The record of security events stays. */
  async erase(userId: string, tx: EntityManager = this.dataSource.manager): Promise<void> {
    await tx.query(`DELETE FROM mails WHERE email = (SELECT email FROM users WHERE id = $1)`, [userId]);
    await tx.query(`DELETE FROM generation_webhooks WHERE webhook_id IN (SELECT id FROM webhooks WHERE user_id = $1)`, [
      userId,
    ]);
    for (const table of tables) await tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    await tx.query(`DELETE FROM users WHERE id = $1`, [userId]);
  }

  /** Counts of requests in the order of their key, behind the given one. */
  listUsage(userId: string, limit: number, after?: UsageRow): Promise<UsageRow[]> {
    const key = after && [after.mode, after.day, after.key_id, after.route, after.status_class];
    return this.dataSource.query(
      `SELECT mode, to_char(day, 'YYYY-MM-DD') AS day, key_id, route, status_class, requests FROM request_days
       WHERE user_id = $1 ${key ? 'AND (mode, day, key_id, route, status_class) > ($3, $4::date, $5, $6, $7)' : ''}
       ORDER BY request_days.mode, request_days.day, key_id, route, status_class LIMIT $2`,
      [userId, limit, ...(key ?? [])],
    );
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }
}

/** In the order in which others lock them, too: a worker that ends a delivery has its job first. */
const tables = [
  'webhooks',
  'jobs',
  'webhook_deliveries',
  'idempotent_requests',
  'request_days',
  'one_time_tokens',
  'sessions',
  'api_keys',
];
