import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** While a platform refuses many grants at once, all replicas ask it sparingly. There is a row while that lasts. */
@Entity('refresh_breakers')
export class RefreshBreaker {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'refresh_breakers_pkey' })
  platform: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'refresh_breakers_pkey' })
  mode: Mode;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt: Date;

  @Column('timestamptz', { name: 'next_trial_at' })
  nextTrialAt: Date;
}
