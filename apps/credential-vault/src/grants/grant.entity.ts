import type { Mode, Reason } from '@musicgen/platform-contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Credential } from '../credentials/credential.entity';

/** `user`: what somebody granted to the client; `app`: what the client gets for itself. */
export type GrantKind = 'user' | 'app';

/** The tokens of a credential, sealed under its data key, and how their renewal stands. */
@Entity('grants')
@Check('grants_kind_check', `kind IN ('user', 'app')`)
@Index('grants_refused_idx', ['platform', 'mode', 'refusedSince'], { where: 'refused_since IS NOT NULL' })
@Index('grants_expiring_idx', ['expiresAt'], { where: 'retired_at IS NULL' })
@Index('grants_unfinished_idx', ['credentialId'], { where: 'pending IS NOT NULL OR intent_at IS NOT NULL' })
@Index('grants_used_idx', ['lastUsedAt'], { where: 'retired_at IS NULL' })
@Index('grants_reauth_idx', ['reauthDueAt'], { where: 'retired_at IS NULL' })
@Index('grants_retired_idx', ['retiredAt'], { where: 'retired_at IS NOT NULL' })
@Index('grants_failing_idx', ['nextAttemptAt'], { where: 'failing_since IS NOT NULL AND retired_at IS NULL' })
export class Grant {
  @PrimaryColumn('text', { name: 'credential_id', primaryKeyConstraintName: 'grants_pkey' })
  @ForeignKey(() => Credential, { name: 'grants_credential_fkey', onDelete: 'CASCADE' })
  credentialId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'grants_pkey' })
  kind: GrantKind;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  platform: string;

  @Column('text', { name: 'access_token', nullable: true })
  accessToken: string | null;

  @Column('text', { name: 'refresh_token', nullable: true })
  refreshToken: string | null;

  /** Null beside a token: never. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('text', { array: true, nullable: true })
  scopes: string[] | null;

  @Column('timestamptz', { name: 'consented_at', nullable: true })
  consentedAt: Date | null;

  @Column('timestamptz', { name: 'refresh_expires_at', nullable: true })
  refreshExpiresAt: Date | null;

  /** When the user must authorise again whatever we do. */
  @Column('timestamptz', { name: 'reauth_due_at', nullable: true })
  reauthDueAt: Date | null;

  /** So many days ahead its owner was told last. */
  @Column('integer', { name: 'reauth_told_days', nullable: true })
  reauthToldDays: number | null;

  /** The fence under which the tokens were written: nothing older is ever written over them. */
  @Column('integer')
  version: number;

  /** The highest fence that was handed out. */
  @Column('integer')
  fence: number;

  @Column('text', { name: 'lock_owner', nullable: true })
  lockOwner: string | null;

  @Column('timestamptz', { name: 'locked_until', nullable: true })
  lockedUntil: Date | null;

  /** Set before the platform is asked, cleared when it is known what became of it. */
  @Column('timestamptz', { name: 'intent_at', nullable: true })
  intentAt: Date | null;

  /** The platform's answer, sealed, until it has been worked in. */
  @Column('text', { nullable: true })
  pending: string | null;

  @Column('integer', { name: 'pending_fence', nullable: true })
  pendingFence: number | null;

  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince: Date | null;

  /** The first of the refusals that say the grant has ended; believed after a second one. */
  @Column('timestamptz', { name: 'refused_since', nullable: true })
  refusedSince: Date | null;

  @Column('integer')
  failures: number;

  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt: Date | null;

  @Column('text', { name: 'last_reason', nullable: true })
  lastReason: Reason | null;

  @Column('timestamptz', { name: 'last_attempt_at', nullable: true })
  lastAttemptAt: Date | null;

  @Column('timestamptz', { name: 'last_refresh_at', nullable: true })
  lastRefreshAt: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** Not asked for again since then; the refresh token is kept for a while, unused. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
