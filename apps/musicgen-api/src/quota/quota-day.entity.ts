import type { Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How many generations of one day are reserved or spent. */
@Entity('quota_days')
@Check('quota_days_mode_check', `mode IN ('live', 'test')`)
@Check('quota_days_reserved_check', `reserved >= 0`)
export class QuotaDay {
  @PrimaryColumn('text', { name: 'user_id', primaryKeyConstraintName: 'quota_days_pkey' })
  userId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'quota_days_pkey' })
  mode: Mode;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'quota_days_pkey' })
  day: string;

  @Column('integer')
  reserved: number;
}
