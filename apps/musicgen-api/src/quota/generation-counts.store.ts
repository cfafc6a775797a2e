import { usageRowsMax, type GenerationUsage, type UsageRange } from '@musicgen/platform-contracts';
import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

@Injectable()
export class GenerationCountsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** By day, key and outcome, newest day first; at most one row more than is shown. */
  list({ userId, mode }: Owner, { from, to, key_id: keyId }: UsageRange): Promise<GenerationUsage[]> {
    return this.dataSource.query(
      `SELECT to_char(quota_day, 'YYYY-MM-DD') AS day, key_id,
              CASE WHEN status IN ('succeeded', 'failed', 'canceled') THEN status ELSE 'unfinished' END AS outcome,
              count(*)::integer AS generations
       FROM generations
       WHERE user_id = $1 AND mode = $2 AND quota_day BETWEEN $3 AND $4 AND ($5::text IS NULL OR key_id = $5)
       GROUP BY 1, 2, 3 ORDER BY day DESC, generations DESC, key_id, outcome LIMIT $6`,
      [userId, mode, from, to, keyId ?? null, usageRowsMax + 1],
    );
  }
}
