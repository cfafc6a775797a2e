import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { BucketLimit } from './bucket';
import { exchangeLease, fullSharedBucket, type LeaseAnswer, type LeaseAsk, type SharedBucket } from './shared-bucket';

export interface Question {
  /** Of the bucket. */
  name: string;
  limit: BucketLimit;
  ask: LeaseAsk;
}

interface Row extends SharedBucket {
  name: string;
  /** Milliseconds of the database's clock. */
  now: number;
}

/** A replica that has not been seen for so long does not count. */
const seenWithin = `interval '5 seconds'`;

/** The buckets that all replicas share. */
@Injectable()
export class SharedBucketsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Answers questions to different buckets, in their order: one transaction, whatever their number. */
  exchange(questions: readonly Question[]): Promise<LeaseAnswer[]> {
    // One order for all replicas, so that two of them never wait for each other.
    const sorted = questions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return this.dataSource.transaction(async (tx) => {
      const rows: Row[] = await tx.query(
        `INSERT INTO rate_limit_buckets AS bucket (name, tokens, updated_at, full_at, leases)
         SELECT name, size, ${nowMs}, 0, '{}' FROM unnest($1::text[], $2::float8[]) AS asked (name, size)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name
         RETURNING name, tokens, updated_at AS "updatedAt", leases, ${nowMs} AS now`,
        [sorted.map(({ name }) => name), sorted.map(({ limit }) => fullSharedBucket(limit, 0).tokens)],
      );
      const rowOf = new Map(rows.map((row) => [row.name, row]));
      const results = new Map(
        sorted.map((question) => {
          const { now, ...shared } = rowOf.get(question.name)!;
          return [question, { ...exchangeLease(shared, question.limit, question.ask, now), now }];
        }),
      );
      await tx.query(
        `UPDATE rate_limit_buckets AS bucket
         SET tokens = new.tokens, updated_at = new.updated_at, full_at = new.full_at, leases = new.leases
         FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::jsonb[])
           AS new (name, tokens, updated_at, full_at, leases)
         WHERE bucket.name = new.name`,
        columns([...results].map(([{ name, limit }, { shared, now }]) => ({ name, limit, shared, now }))),
      );
      return questions.map((question) => results.get(question)!.answer);
    });
  }

  /** Tells that this replica is there, and how many there are. */
  async countReplicas(replica: string): Promise<number> {
    await this.dataSource.query(
      `WITH gone AS (DELETE FROM gateway_replicas WHERE seen_at < now() - interval '1 hour' AND id <> $1)
       INSERT INTO gateway_replicas (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [replica],
    );
    const [row] = await this.dataSource.query(
      `SELECT count(*)::int AS count FROM gateway_replicas WHERE seen_at > now() - ${seenWithin}`,
    );
    return row.count;
  }

  async removeReplica(replica: string): Promise<void> {
    await this.dataSource.query('DELETE FROM gateway_replicas WHERE id = $1', [replica]);
  }

  /** A bucket that is full again is as good as none. */
  async deleteFull(): Promise<void> {
    await this.dataSource.query(`DELETE FROM rate_limit_buckets WHERE full_at < ${nowMs}`);
  }
}

/** The one clock that all replicas share. */
const nowMs = `(extract(epoch FROM clock_timestamp()) * 1000)::float8`;

/** Later than any lease of the bucket can still come back. */
const leasesOverMs = 60_000;

const columns = (rows: { name: string; limit: BucketLimit; shared: SharedBucket; now: number }[]) => [
  rows.map(({ name }) => name),
  rows.map(({ shared }) => shared.tokens),
  rows.map(({ shared }) => shared.updatedAt),
  rows.map(({ shared, limit, now }) => now + leasesOverMs + ((limit.size - shared.tokens) * 3_600_000) / limit.perHour),
  rows.map(({ shared }) => JSON.stringify(shared.leases)),
];
