import type { Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A grant that nobody needs any more and that its platform does not yet know to be over. */
@Entity('revocations')
@Index('revocations_due_idx', ['notBefore'])
@Check('revocations_mode_check', `mode IN ('live', 'test')`)
export class Revocation {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'revocations_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  platform: string;

  /** Client and token, sealed: the credential they are of may be gone. */
  @Column('bytea')
  sealed: Buffer;

  @Column('integer')
  attempts: number;

  @Column('timestamptz', { name: 'not_before' })
  notBefore: Date;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
