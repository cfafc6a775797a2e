import type { ErrorCode } from '@musicgen/error-codes';
import type { GenerationRequest, GenerationStatus, Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, Index, OneToMany, PrimaryColumn } from 'typeorm';
import { Artefact } from '../artefacts/artefact.entity';
import type { Analysis, Interpretation, RenderRequest } from '../engines/engine';

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

/** The piece that a piece comes from, as the engine is told: it must not depend on that piece being there still. */
export type Origin = Pick<RenderRequest, 'variationOf' | 'extensionOf'>;

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
@Index('generations_expiry_idx', ['expiresAt'], { where: `status = 'succeeded'` })
@Index('generations_repeat_idx', ['userId', 'mode', 'repeatKey'], { where: `status = 'succeeded'` })
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

  /** The signed statement of where it comes from; null until there is something to tell of. */
  @Column('text', { nullable: true })
  provenance: string | null;

  @Column('jsonb', { nullable: true })
  origin: Origin | null;

  /** Requests that have it in common ask for the same bytes. */
  @Column('text', { name: 'repeat_key', nullable: true })
  repeatKey: string | null;

  /** So long its files are kept: what the tier said when it was asked for. */
  @Column('integer', { name: 'audio_days' })
  audioDays: number;

  /** When its files go; null before it has succeeded. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @OneToMany(() => Artefact, (artefact) => artefact.generation)
  artefacts: Artefact[];
}
