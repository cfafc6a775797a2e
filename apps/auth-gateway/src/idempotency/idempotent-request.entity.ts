import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request that came with an Idempotency-Key: what it is to make, and its answer once there is a final one. */
@Entity('idempotent_requests')
@Index('idempotent_requests_expires_at_idx', ['expiresAt'])
@Index('idempotent_requests_user_idx', ['userId'])
export class IdempotentRequest {
  /** SHA-256 of user, mode, route and Idempotency-Key. */
  @PrimaryColumn('text', { name: 'key_hash', primaryKeyConstraintName: 'idempotent_requests_pkey' })
  keyHash: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  /** SHA-256 of address and body. */
  @Column('text')
  fingerprint: string;

  /** Chosen before anything is made. */
  @Column('text', { name: 'resource_id' })
  resourceId: string;

  /** Of the key ring: seed and answer are sealed under a key derived from it. */
  @Column('integer', { name: 'ring_version' })
  ringVersion: number;

  /** Sealed; a secret of the new resource is made from it, the same one however often. */
  @Column('bytea')
  seed: Buffer;

  /** Names the one try that is running. */
  @Column('text')
  lease: string;

  @Column('timestamptz', { name: 'leased_until' })
  leasedUntil: Date;

  /** Sealed. */
  @Column('bytea', { nullable: true })
  answer: Buffer | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
