import type { SecurityAction } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One line of the record: a change, or what was refused to one group of addresses in one minute. No secret is ever in it. */
@Entity('security_events')
@Index('security_events_at_idx', ['at'])
@Index('security_events_fold_key', ['fold'], { unique: true })
/** Of a kind that TypeORM does not know: by the elements of an array. */
@Index('security_events_users_idx', { synchronize: false })
export class SecurityEvent {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'security_events_pkey' })
  id: string;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  action: SecurityAction;

  /** `ok`, or the code of the error. */
  @Column('text')
  outcome: string;

  @Column('text', { name: 'user_id', nullable: true })
  userId: string | null;

  @Column('text', { name: 'key_id', nullable: true })
  keyId: string | null;

  @Column('text', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  @Column('text', { name: 'target_id', nullable: true })
  targetId: string | null;

  /** Whom it concerns. */
  @Column('text', { name: 'user_ids', array: true })
  userIds: string[];

  @Column('jsonb')
  details: object;

  @Column('integer')
  count: number;

  /** Of refusals: what all that are counted in this row have in common. */
  @Column('text', { nullable: true })
  fold: string | null;
}
