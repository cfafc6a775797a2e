import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A data key that could not be wrapped anew, and why. */
export interface RotationFailure {
  credential_id: string;
  problem: string;
}

/** All data keys on their way under the newest key. What is done is committed with `cursor`: another replica goes on there. */
@Entity('key_rotations')
@Index('key_rotations_running_key', ['state'], { unique: true, where: `state = 'running'` })
@Check('key_rotations_state_check', `state IN ('running', 'done')`)
export class KeyRotation {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'key_rotations_pkey' })
  id: string;

  @Column('text')
  state: 'running' | 'done';

  @Column('integer', { name: 'target_version' })
  targetVersion: number;

  @Column('integer')
  total: number;

  @Column('integer')
  done: number;

  /** At most a hundred; `failedCount` counts all. */
  @Column('jsonb')
  failures: RotationFailure[];

  @Column('integer', { name: 'failed_count' })
  failedCount: number;

  /** The last credential that was looked at. */
  @Column('text')
  cursor: string;

  @Column('text', { name: 'started_by' })
  startedBy: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;
}
