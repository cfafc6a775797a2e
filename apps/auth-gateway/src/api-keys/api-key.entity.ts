import type { Mode, Permission } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key without its secret: only the SHA-256 of it is here. */
@Entity('api_keys')
@Index('api_keys_hash_key', ['hash'], { unique: true })
@Index('api_keys_owner_idx', ['userId', 'mode', 'id'])
export class ApiKey {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  name: string;

  @Column('text')
  hash: string;

  @Column('text')
  prefix: string;

  @Column('text')
  last4: string;

  @Column('text', { array: true })
  permissions: Permission[];

  @Column('text', { name: 'allowed_ips', array: true, nullable: true })
  allowedIps: string[] | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** Of a replaced key: when its overlap ends. */
  @Column('timestamptz', { name: 'retires_at', nullable: true })
  retiresAt: Date | null;

  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt: Date | null;

  @Column('text', { name: 'replaced_by', nullable: true })
  replacedBy: string | null;

  /** The reminder that was sent last, in days before the key ends. */
  @Column('integer', { name: 'expiry_announced', nullable: true })
  expiryAnnounced: number | null;

  @Column('integer', { name: 'rotation_announced', nullable: true })
  rotationAnnounced: number | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
