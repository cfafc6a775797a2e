import type { ErrorCode } from '@musicgen/error-codes';
import type { GenerationRequest, GenerationStatus, Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, Index, OneToMany, PrimaryColumn } from 'typeorm';
import { Artefact } from '../artefacts/artefact.entity';
import type { Analysis, Interpretation } from '../engines/engine';

/** How far a generation is; `fraction` never goes back, not even when it is tried again. */
export interface Progress {
  fraction: number;
  section: string | null;
  bar: number | null;
  bars: number | null;
  etaMs: number | null;
}

/** The preview of the latest start: one object for each second or so. */
export interface Preview {
  attempt: number;
  pieces: number;
  /** How many were announced, also of an earlier start. */
  announced: number;
  /** No more will follow. */
  isWhole: boolean;
}

export interface GenerationError {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  suggestion: string;
}

/** `none`: test mode. A reservation is spent or released, once. */
export type QuotaState = 'none' | 'reserved' | 'spent' | 'released';

const asNumber = { to: (value: number) => value, from: (value: string) => Number(value) };

/** One requested piece of music. */
@Entity('generations')
@Index('generations_owner_idx', ['userId', 'mode', 'id'])
@Index('generations_status_idx', ['userId', 'mode', 'status', 'id'])
@Index('generations_queued_of_key_idx', ['keyId'], { where: `status = 'queued'` })
@Index('generations_preview_idx', ['finishedAt'], { where: 'preview IS NOT NULL' })
@Check('generations_mode_check', `mode IN ('live', 'test')`)
@Check('generations_quota_check', `quota IN ('none', 'reserved', 'spent', 'released')`)
export class Generation {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'generations_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  /** The API key that asked, or whose session did. */
  @Column('text', { name: 'key_id', nullable: true })
  keyId: string | null;

  @Column('text')
  model: string;

  @Column('text')
  prompt: string;

  @Column('text', { nullable: true })
  title: string | null;

  /** As asked, defaults included. */
  @Column('jsonb')
  request: GenerationRequest;

  @Column('bigint', { transformer: asNumber })
  seed: number;

  @Column('double precision')
  duration: number;

  @Column('jsonb')
  metadata: Record<string, string>;

  @Column('text')
  status: GenerationStatus;

  @Column('jsonb')
  progress: Progress;

  @Column('jsonb', { nullable: true })
  interpretation: Interpretation | null;

  @Column('jsonb', { nullable: true })
  analysis: Analysis | null;

  @Column('text', { name: 'engine_version', nullable: true })
  engineVersion: string | null;

  @Column('text', { name: 'bank_sha256', nullable: true })
  bankSha256: string | null;

  @Column('jsonb', { nullable: true })
  error: GenerationError | null;

  @Column('text')
  quota: QuotaState;

  @Column('date', { name: 'quota_day' })
  quotaDay: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** The number of its latest event. */
  @Column('integer', { name: 'last_event', default: 0 })
  lastEvent: number;

  /** Null: there is none, or not any more. */
  @Column('jsonb', { nullable: true })
  preview: Preview | null;

  @OneToMany(() => Artefact, (artefact) => artefact.generation)
  artefacts: Artefact[];
}
