import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('lockouts')
@Index('lockouts_forgotten_at_idx', ['forgottenAt'])
export class LockoutRow {
  /** A hash: whoever reads the table learns no addresses that somebody mistyped. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'lockouts_pkey' })
  subject: string;

  /** Milliseconds since 1970, oldest first. */
  @Column('bigint', { array: true })
  failures: string[];

  @Column('integer')
  locks: number;

  @Column('timestamptz', { name: 'locked_until' })
  lockedUntil: Date;

  @Column('timestamptz', { name: 'forgotten_at' })
  forgottenAt: Date;
}
