import type { ConnectionState, Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One stored set of a platform's fields. Secret values stand in `secrets`, each sealed under the row's own data key. */
@Entity('credentials')
@Index('credentials_active_key', ['userId', 'mode', 'platform'], { unique: true, where: 'is_active' })
@Index('credentials_shared_key', ['platform', 'mode'], { unique: true, where: 'is_shared' })
@Index('credentials_owner_idx', ['userId', 'mode', 'id'])
/** By an expression: version and fingerprint of the key that wraps the data key. */
@Index('credentials_key_idx', { synchronize: false })
@Check('credentials_mode_check', `mode IN ('live', 'test')`)
export class Credential {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'credentials_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  platform: string;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('jsonb')
  fields: Record<string, unknown>;

  @Column('jsonb')
  secrets: Record<string, string>;

  /** How often they have been changed. */
  @Column('integer', { name: 'secrets_version' })
  secretsVersion: number;

  @Column('bytea', { name: 'data_key' })
  dataKey: Buffer;

  @Column('boolean', { name: 'is_active' })
  isActive: boolean;

  /** Its client serves the credentials of all users that have none of their own. */
  @Column('boolean', { name: 'is_shared' })
  isShared: boolean;

  @Column('text')
  state: ConnectionState;

  @Column('timestamptz', { name: 'last_validated', nullable: true })
  lastValidated: Date | null;

  @Column('text', { name: 'validation_error', nullable: true })
  validationError: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
