import type { GenerationEvent, Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Generation } from './generation.entity';

const pkey = { primaryKeyConstraintName: 'generation_events_pkey' };

/** One thing that happened to a generation, as those who follow it are told. */
@Entity('generation_events')
@Check('generation_events_mode_check', `mode IN ('live', 'test')`)
export class GenerationEventRow {
  @PrimaryColumn('text', { ...pkey, name: 'generation_id' })
  generationId: string;

  /** From 1, without gaps. */
  @PrimaryColumn('integer', pkey)
  number: number;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  type: GenerationEvent['type'];

  @Column('jsonb')
  data: GenerationEvent['data'];

  @ManyToOne(() => Generation, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'generation_id', foreignKeyConstraintName: 'generation_events_generation_fkey' })
  generation: Relation<Generation>;
}
