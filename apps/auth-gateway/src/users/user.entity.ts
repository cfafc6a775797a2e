import type { Role, TierName } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('users')
@Index('users_email_key', ['email'], { unique: true })
export class User {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  /** Lower case. */
  @Column('text')
  email: string;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  /** When somebody followed a link that was sent to this address. */
  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt: Date | null;

  @Column('text')
  tier: TierName;

  @Column('text')
  role: Role;

  @Column('boolean', { name: 'is_locked' })
  isLocked: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
