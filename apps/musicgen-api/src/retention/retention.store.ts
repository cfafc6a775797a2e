import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { statusesBefore } from '../generations/generation-status';

/** What a generation still has in storage, by right. */
export interface Holding {
  id: string;
  /** Nothing of it is in the making any more. */
  isSettled: boolean;
  keys: string[];
  previewAttempt: number | null;
}

const batchSize = 100;

/** What is past its time, over all owners: it goes by its age, whoever's it is. */
@Injectable()
export class RetentionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Some of those whose files are past their time: from now on they have none. Empty: there are no more. */
  expire(): Promise<string[]> {
    return this.dataSource.transaction(async (tx) => {
      const [rows]: [{ id: string }[]] = await tx.query(
        `UPDATE generations SET status = 'expired', preview = NULL WHERE id IN (
           SELECT id FROM generations WHERE status = ANY($1) AND expires_at <= clock_timestamp()
           ORDER BY expires_at LIMIT ${batchSize} FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [statusesBefore('expired')],
      );
      const ids = rows.map(({ id }) => id);
      await tx.query('DELETE FROM artefacts WHERE generation_id = ANY($1)', [ids]);
      return ids;
    });
  }

  /** Jobs that ended long ago; those that are dead wait for an admin. */
  async purgeJobs(keptMs: number): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM jobs WHERE state IN ('succeeded', 'failed', 'canceled')
       AND finished_at < clock_timestamp() - $1 * interval '1 millisecond'`,
      [keptMs],
    );
  }

  /** Events that no stream delivers again. */
  async purgeSeenEvents(keptMs: number): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM seen_events WHERE seen_at < clock_timestamp() - $1 * interval '1 millisecond'`,
      [keptMs],
    );
  }

  /** Of some generations; one that is not there is left out. */
  listHoldings(ids: string[], settledForMs: number): Promise<Holding[]> {
    return this.dataSource.query(
      `SELECT g.id, coalesce(g.finished_at < clock_timestamp() - $2 * interval '1 millisecond', false) AS "isSettled",
              coalesce(array_agg(a.key) FILTER (WHERE a.key IS NOT NULL), '{}') AS keys,
              (g.preview->>'attempt')::int AS "previewAttempt"
       FROM generations g LEFT JOIN artefacts a ON a.generation_id = g.id
       WHERE g.id = ANY($1) GROUP BY g.id`,
      [ids, settledForMs],
    );
  }
}
