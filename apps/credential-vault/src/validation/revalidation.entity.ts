import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Credential } from '../credentials/credential.entity';

/** When a credential is to be checked again. */
@Entity('revalidations')
export class Revalidation {
  @PrimaryColumn('text', { name: 'credential_id', primaryKeyConstraintName: 'revalidations_pkey' })
  @ForeignKey(() => Credential, { name: 'revalidations_credential_fkey', onDelete: 'CASCADE' })
  credentialId: string;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;
}
