import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { forgottenAt, NO_LOCKOUT, type Lockout, type LockoutLimit } from './lockout';

export interface LockoutSubject {
  /** What the row is found by. */
  id: string;
  limit: LockoutLimit;
}

/** Failed tries, counted in one place for all replicas. */
@Injectable()
export class LockoutsStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The first try of all subjects in one statement, as nearly every login is: what `countTry` makes of none before. The time
   * it was counted at; undefined when one of them has a row already. Of two at the same moment, one may have counted in part.
   */
  async addFirst(subjects: readonly LockoutSubject[]): Promise<number | undefined> {
    const rows: { now: number }[] = await this.dataSource.query(
      `INSERT INTO lockouts (subject, failures, locks, locked_until, forgotten_at)
       SELECT id, ARRAY[now], 0, to_timestamp(0), to_timestamp((now + window_ms) / 1000.0)
       FROM unnest($1::text[], $2::bigint[]) AS subjects (id, window_ms),
         (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock
       WHERE NOT EXISTS (SELECT FROM lockouts WHERE subject = ANY($1))
       ORDER BY id
       ON CONFLICT DO NOTHING
       RETURNING failures[1]::float8 AS now`,
      [subjects.map(({ id }) => id), subjects.map(({ limit }) => limit.windowMs)],
    );
    return rows.length === subjects.length ? rows[0]!.now : undefined;
  }

  /** Removes the rows if this try is all they hold; false when one of them holds more. */
  async removeFirst(subjects: readonly LockoutSubject[], countedAt: number): Promise<boolean> {
    const [, removed]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM lockouts
       WHERE subject IN (SELECT subject FROM lockouts WHERE subject = ANY($1) ORDER BY subject FOR UPDATE)
         AND failures = ARRAY[$2::bigint] AND locks = 0`,
      [subjects.map(({ id }) => id), countedAt],
    );
    return removed === subjects.length;
  }

  /**
   * Changes the rows of all subjects in one transaction, by the database's clock. Rows are locked in the order of their
   * ids, so that two logins never wait for each other in turn.
   */
  change<T>(
    subjects: readonly LockoutSubject[],
    step: (lockouts: Lockout[], now: number) => { lockouts: Lockout[]; result: T },
  ): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      const ids = subjects.map(({ id }) => id);
      const rows: { subject: string; failures: string[]; locks: number; until: number; now: number }[] = await tx.query(
        `INSERT INTO lockouts (subject, failures, locks, locked_until, forgotten_at)
         SELECT id, '{}', 0, to_timestamp(0), clock_timestamp() FROM unnest($1::text[]) AS id ORDER BY id
         ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject
         RETURNING subject, failures, locks, (extract(epoch FROM locked_until) * 1000)::float8 AS until,
           floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
        [ids],
      );
      const found = new Map(rows.map((row) => [row.subject, row]));
      const before = ids.map((id) => lockoutOf(found.get(id)));
      const { lockouts, result } = step(before, Math.max(...rows.map(({ now }) => now)));
      await tx.query(
        `UPDATE lockouts SET failures = v.failures::bigint[], locks = v.locks, locked_until = to_timestamp(v.until / 1000),
           forgotten_at = to_timestamp(v.forgotten / 1000)
         FROM unnest($1::text[], $2::text[], $3::int[], $4::float8[], $5::float8[])
           AS v (subject, failures, locks, until, forgotten)
         WHERE lockouts.subject = v.subject`,
        [
          ids,
          lockouts.map(({ failures }) => `{${failures.join(',')}}`),
          lockouts.map(({ locks }) => locks),
          lockouts.map(({ lockedUntil }) => lockedUntil),
          lockouts.map((lockout, at) => forgottenAt(lockout, subjects[at]!.limit)),
        ],
      );
      return result;
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('DELETE FROM lockouts WHERE subject = ANY($1)', [ids]);
  }

  /** Rows that say nothing any more. */
  async purge(): Promise<void> {
    await this.dataSource.query('DELETE FROM lockouts WHERE forgotten_at < now()');
  }
}

const lockoutOf = (row?: { failures: string[]; locks: number; until: number }): Lockout =>
  row ? { failures: row.failures.map(Number), locks: row.locks, lockedUntil: row.until } : NO_LOCKOUT;
