import type { Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Artefact as EngineArtefact } from '../engines/engine';
import { Generation } from '../generations/generation.entity';

const pkey = { primaryKeyConstraintName: 'artefacts_pkey' };
const asNumber = { to: (value: number) => value, from: (value: string) => Number(value) };

/** One file of a generation, in storage under `key`. */
@Entity('artefacts')
@Check('artefacts_mode_check', `mode IN ('live', 'test')`)
export class Artefact {
  @PrimaryColumn('text', { ...pkey, name: 'generation_id' })
  generationId: string;

  @PrimaryColumn('text', pkey)
  kind: EngineArtefact['kind'];

  @PrimaryColumn('text', pkey)
  name: string;

  @PrimaryColumn('text', pkey)
  format: EngineArtefact['format'];

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  key: string;

  @Column('bigint', { transformer: asNumber })
  bytes: number;

  @Column('text')
  sha256: string;

  @Column('text', { name: 'content_type' })
  contentType: string;

  @ManyToOne(() => Generation, (generation) => generation.artefacts, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'generation_id', foreignKeyConstraintName: 'artefacts_generation_fkey' })
  generation: Relation<Generation>;
}
