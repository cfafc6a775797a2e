import type { PageRequest, SecurityAction } from '@musicgen/platform-contracts';
import { DatabaseLink, newId } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { nameOf, type RefusalCount } from './refusal-counts';
import { SecurityEvent } from './security-event.entity';

const keptFor = `interval '400 days'`;
const sweepBatch = 5_000;
const usersMax = 20;

interface Page extends PageRequest {
  user_id?: string;
  action?: SecurityAction;
  from?: string;
  to?: string;
}

/** The record in Postgres. It is the administrators': its questions name no owner. */
@Injectable()
export class AuditStore {
  private readonly dataSource: DataSource;

  constructor(private readonly database: DatabaseLink) {
    this.dataSource = database.dataSource;
  }

  connected(): Promise<void> {
    return this.database.connected();
  }

  async insert(tx: EntityManager, event: SecurityEvent): Promise<void> {
    await tx.insert(SecurityEvent, event as never);
  }

  /** Adds to the minute's row, whichever replica made it. Who was tried is looked up here, where nobody waits for it. */
  async addRefusals(counts: readonly RefusalCount[]): Promise<void> {
    const rows = counts
      .map((count) => ({ ...count, id: newId('evt'), at: new Date(count.minute), fold: nameOf(count) }))
      .toSorted((a, b) => (a.fold < b.fold ? -1 : 1));
    await this.dataSource.query(
      `INSERT INTO security_events AS e (id, at, action, outcome, address, user_ids, details, count, fold)
       SELECT v.id, v.at, v.action, v.outcome, v."group",
              ARRAY(SELECT u.id FROM users u WHERE u.email IN (SELECT jsonb_array_elements_text(v.emails))), '{}', v.count, v.fold
       FROM jsonb_to_recordset($1) AS v (id text, at timestamptz, action text, outcome text, "group" text, emails jsonb,
                                         count integer, fold text)
       ON CONFLICT (fold) DO UPDATE SET count = e.count + excluded.count,
         user_ids = ARRAY(SELECT DISTINCT unnest(e.user_ids || excluded.user_ids) LIMIT ${usersMax})`,
      [JSON.stringify(rows)],
    );
  }

  /** Newest first, one more than the limit. */
  list({ limit, cursor, user_id: userId, action, from, to }: Page): Promise<SecurityEvent[]> {
    const query = this.dataSource.getRepository(SecurityEvent).createQueryBuilder('e');
    if (cursor !== undefined) query.andWhere('e.id < :cursor', { cursor });
    if (userId !== undefined) query.andWhere('e.user_ids @> ARRAY[:userId]', { userId });
    if (action !== undefined) query.andWhere('e.action = :action', { action });
    if (from !== undefined) query.andWhere('e.at >= :from', { from });
    if (to !== undefined) query.andWhere('e.at < :to', { to });
    return query
      .orderBy('e.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  /** Removes a batch of what is too old; true when there may be more. */
  async sweep(): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `DELETE FROM security_events WHERE id IN
         (SELECT id FROM security_events WHERE at < now() - ${keptFor} LIMIT ${sweepBatch} FOR UPDATE SKIP LOCKED)`,
    );
    return count === sweepBatch;
  }
}
