import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last row that was removed after its time, written by the role that may: the record begins behind it. */
@Entity('audit_checkpoints')
export class AuditCheckpoint {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'audit_checkpoints_pkey',
    transformer: { from: Number, to: (seq: number) => seq },
  })
  seq: number;

  @Column('bytea')
  hash: Buffer;

  @Column('timestamptz', { name: 'removed_at' })
  removedAt: Date;
}
