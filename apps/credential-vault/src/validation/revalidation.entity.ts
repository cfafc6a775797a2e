import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Credential } from '../credentials/credential.entity';

/** When a credential is to be checked again. */
@Entity('revalidations')
export class Revalidation {
  @PrimaryColumn('text', { name: 'credential_id', primaryKeyConstraintName: 'revalidations_pkey' })
  @ForeignKey(() => Credential, { name: 'revalidations_credential_fkey', onDelete: 'CASCADE' })
  credentialId: string;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  /** Since when the platform says that the credential is no good, while that is not believed. */
  @Index('revalidations_refused_idx', { where: 'refused_since IS NOT NULL' })
  @Column('timestamptz', { name: 'refused_since', nullable: true })
  refusedSince: Date | null;
}
