import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type EntitySubscriberInterface, type QueryRunner } from 'typeorm';

export type Transaction = EntityManager;

/** What the sequence says since it was last read; `ids` null: more was revoked than is still told one by one. */
export interface SequenceNews {
  seq: number;
  ids: string[] | null;
}

/** The sequence of revocations: one row that counts them, and each of the last hour by its number. */
@Injectable()
export class RevocationsStore {
  private readonly uncommitted = new WeakMap<QueryRunner, (() => void)[]>();
  private readonly subscriber: EntitySubscriberInterface = {
    afterTransactionCommit: ({ queryRunner }) => {
      // A savepoint is no commit yet.
      if (queryRunner.isTransactionActive) return;
      const waiting = this.uncommitted.get(queryRunner);
      this.uncommitted.delete(queryRunner);
      waiting?.forEach((tell) => tell());
    },
    afterTransactionRollback: ({ queryRunner }) => {
      if (!queryRunner.isTransactionActive) this.uncommitted.delete(queryRunner);
    },
  };

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Appends to the sequence in the caller's transaction, and calls `committed` once that is committed. The one row stays
   * locked until then, so that numbers become visible in their order: who has read number n has read all before it.
   */
  async append(tx: Transaction, ids: readonly string[], committed: () => void): Promise<void> {
    await appendRevocation(tx, ids);
    this.whenCommitted(tx, committed);
  }

  /** What came after number `since`; with null, only where the sequence is. */
  async read(since: number | null): Promise<SequenceNews> {
    const rows: { seq: number; ids: string[] | null }[] = await this.dataSource.query(
      `SELECT s.seq::float8 AS seq, r.ids FROM revocation_sequence s LEFT JOIN revocations r ON r.seq > $1`,
      [since],
    );
    const seq = rows[0]!.seq;
    if (since === null) return { seq, ids: null };
    const told = rows.filter(({ ids }) => ids !== null);
    // Some are too old to be told, or the database is a restored one.
    if (told.length !== seq - since) return { seq, ids: null };
    return { seq, ids: told.flatMap(({ ids }) => ids!) };
  }

  private whenCommitted({ queryRunner }: Transaction, tell: () => void): void {
    if (!queryRunner?.isTransactionActive) throw new Error('a revocation is announced in a transaction');
    const { subscribers } = this.dataSource;
    // Not before: TypeORM makes this list anew when it connects.
    if (!subscribers.includes(this.subscriber)) subscribers.push(this.subscriber);
    this.uncommitted.set(queryRunner, [...(this.uncommitted.get(queryRunner) ?? []), tell]);
  }
}

/** For commands, which run beside the gateways: those read it from the sequence. */
export async function appendRevocation(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.query(
    `WITH next AS (UPDATE revocation_sequence SET seq = seq + 1 RETURNING seq),
          told AS (DELETE FROM revocations WHERE announced_at < now() - interval '1 hour')
     INSERT INTO revocations (seq, ids, announced_at) SELECT seq, $1, now() FROM next`,
    [ids],
  );
}
