import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OneTimePurpose } from './one-time-token';

/** One per user and purpose: a new link ends the one before. */
@Entity('one_time_tokens')
@Index('one_time_tokens_user_key', ['userId', 'purpose'], { unique: true })
export class OneTimeTokenRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'one_time_tokens_pkey' })
  hash: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  purpose: OneTimePurpose;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
