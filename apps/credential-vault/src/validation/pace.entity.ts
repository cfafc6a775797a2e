import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How fast a platform is asked by checks that nobody waits for, by all replicas together. */
@Entity('paces')
export class Pace {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'paces_pkey' })
  platform: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'paces_pkey' })
  mode: Mode;

  /** Not before then. */
  @Column('timestamptz', { name: 'free_at' })
  freeAt: Date;
}
