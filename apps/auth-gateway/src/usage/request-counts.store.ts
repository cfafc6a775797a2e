import { usageRowsMax, type Principal, type RequestUsage, type UsageRange } from '@musicgen/platform-contracts';
import { DatabaseLink } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Counted, RequestCount } from './request-counts';

const keptDays = 400;
const sweepBatch = 5_000;

const columns = ['userId', 'mode', 'day', 'keyId', 'route', 'statusClass', 'requests'] as const;

@Injectable()
export class RequestCountsStore {
  private readonly dataSource: DataSource;

  constructor(private readonly database: DatabaseLink) {
    this.dataSource = database.dataSource;
  }

  connected(): Promise<void> {
    return this.database.connected();
  }

  /**
   * Adds what one replica counted. Rows are touched in one order everywhere, so that two replicas wait for each other and
   * do not lock each other out; a key's last use never goes back.
   */
  async add({ counts, lastUsed }: Counted): Promise<void> {
    const sorted = counts.toSorted((a, b) => compare(identity(a), identity(b)));
    const uses = [...lastUsed].toSorted(([a], [b]) => compare(a, b));
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO request_days AS r (user_id, mode, day, key_id, route, status_class, requests)
         SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[], $7::integer[])
         ON CONFLICT (user_id, mode, day, key_id, route, status_class)
         DO UPDATE SET requests = r.requests + excluded.requests`,
        columns.map((name) => sorted.map((count) => count[name])),
      );
      await tx.query(
        `WITH used AS (SELECT * FROM unnest($1::text[], $2::float8[]) AS u (id, at)),
              locked AS (SELECT id FROM api_keys WHERE id = ANY($1) ORDER BY id FOR UPDATE)
         UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, to_timestamp(used.at / 1000))
         FROM used JOIN locked USING (id) WHERE k.id = used.id`,
        [uses.map(([id]) => id), uses.map(([, at]) => at)],
      );
    });
  }

  /** Newest day first, at most one more than is shown. */
  list({ user_id: userId, mode }: Principal, { from, to, key_id: keyId }: UsageRange): Promise<RequestUsage[]> {
    return this.dataSource.query(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, nullif(key_id, '') AS key_id, route, status_class, requests
       FROM request_days
       WHERE user_id = $1 AND mode = $2 AND day BETWEEN $3 AND $4 AND ($5::text IS NULL OR key_id = $5)
       ORDER BY request_days.day DESC, requests DESC, key_id, route, status_class LIMIT $6`,
      [userId, mode, from, to, keyId ?? null, usageRowsMax + 1],
    );
  }

  /** Removes a batch of what is more than a year old; true when there may be more. */
  async sweep(): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `DELETE FROM request_days WHERE ctid IN
         (SELECT ctid FROM request_days WHERE day < current_date - ${keptDays} LIMIT ${sweepBatch} FOR UPDATE SKIP LOCKED)`,
    );
    return count === sweepBatch;
  }
}

const identity = (count: RequestCount) =>
  [count.userId, count.mode, count.day, count.keyId, count.route, count.statusClass].join(' ');
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
