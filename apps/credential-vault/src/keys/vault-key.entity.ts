import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of the ring that has been in use, and a value that only it opens. */
@Entity('vault_keys')
export class VaultKey {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'vault_keys_pkey' })
  version: number;

  @Column('text')
  fingerprint: string;

  @Column('bytea')
  canary: Buffer;

  @Column('timestamptz', { name: 'added_at' })
  addedAt: Date;
}
