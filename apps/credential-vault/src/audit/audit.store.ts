import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, LessThanOrEqual, MoreThan, type EntityManager } from 'typeorm';
import { nextRow, start, type Link } from './audit-chain';
import { AuditCheckpoint } from './audit-checkpoint.entity';
import { AuditRow } from './audit-row.entity';

@Injectable()
export class AuditStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** Behind the last row; whoever comes at the same time waits for the end of the transaction. */
  async append(tx: EntityManager, row: Pick<AuditRow, 'at' | 'replica' | 'entries' | 'credentialIds'>): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('audit'))`);
    const [last] = await tx.query('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
    const link: Link = last ? { seq: Number(last.seq), hash: last.hash } : await this.checkpoint(tx);
    const { seq, at, replica, entries, previousHash, hash } = nextRow(link, row);
    await tx.query(
      `INSERT INTO audit (seq, at, replica, entries, credential_ids, previous_hash, hash)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [seq, at, replica, entries, row.credentialIds, previousHash, hash],
    );
  }

  /** Where the rows begin. */
  async checkpoint(tx: EntityManager = this.dataSource.manager): Promise<Link> {
    return (await tx.findOne(AuditCheckpoint, { where: {}, order: { seq: 'DESC' } })) ?? start;
  }

  listBehind(seq: number, limit: number): Promise<AuditRow[]> {
    return this.dataSource
      .getRepository(AuditRow)
      .find({ where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: limit });
  }

  /** Newest first: rows with something about the credential. */
  listOf(credentialId: string, before: number | undefined, limit: number): Promise<AuditRow[]> {
    const query = this.dataSource
      .createQueryBuilder(AuditRow, 'a')
      .where('a.credentialIds @> ARRAY[:credentialId]', { credentialId });
    if (before !== undefined) query.andWhere('a.seq <= :before', { before });
    return query.orderBy('a.seq', 'DESC').take(limit).getMany();
  }

  /** As the schema's owner: removes what is older, and leaves the hash behind which the record goes on. */
  prune(before: Date): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('audit'))`);
      const last = await tx.findOne(AuditRow, { where: { at: LessThan(before) }, order: { seq: 'DESC' } });
      if (!last) return 0;
      const { affected } = await tx.delete(AuditRow, { seq: LessThanOrEqual(last.seq) });
      await tx.delete(AuditCheckpoint, { seq: LessThan(last.seq) });
      await tx.insert(AuditCheckpoint, { seq: last.seq, hash: last.hash, removedAt: new Date() });
      return affected ?? 0;
    });
  }
}
