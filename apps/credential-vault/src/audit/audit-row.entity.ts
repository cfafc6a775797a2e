import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ChainRow } from './audit-chain';

/** The service's role can add rows and read them. */
@Entity('audit')
@Index('audit_credentials_idx', { synchronize: false })
export class AuditRow implements ChainRow {
  /** Far below 2^53: a number, whatever Postgres's driver thinks of it. */
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'audit_pkey',
    transformer: { from: Number, to: (seq: number) => seq },
  })
  seq: number;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  replica: string;

  @Column('text')
  entries: string;

  /** Those that the entries are about, for finding them. */
  @Column('text', { name: 'credential_ids', array: true })
  credentialIds: string[];

  @Column('bytea', { name: 'previous_hash' })
  previousHash: Buffer;

  @Column('bytea')
  hash: Buffer;
}
