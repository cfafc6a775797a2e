import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'request_days_pkey';

/** How many requests of one day were answered alike. */
@Entity('request_days')
@Index('request_days_day_idx', ['day'])
export class RequestDay {
  @PrimaryColumn('text', { name: 'user_id', primaryKeyConstraintName })
  userId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  mode: Mode;

  @PrimaryColumn('date', { primaryKeyConstraintName })
  day: string;

  /** Empty: a session made by password. */
  @PrimaryColumn('text', { name: 'key_id', primaryKeyConstraintName })
  keyId: string;

  /** `POST /v1/generate/{id}/cancel` */
  @PrimaryColumn('text', { primaryKeyConstraintName })
  route: string;

  @PrimaryColumn('text', { name: 'status_class', primaryKeyConstraintName })
  statusClass: string;

  @Column('integer')
  requests: number;
}
