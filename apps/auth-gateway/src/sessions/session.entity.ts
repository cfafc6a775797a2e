import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A login and its family of refresh tokens. No token is stored: each can be made again from family and number. */
@Entity('sessions')
@Index('sessions_family_key', ['family'], { unique: true })
@Index('sessions_user_idx', ['userId'])
@Index('sessions_cookie_hash_key', ['cookieHash'], { unique: true })
export class Session {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sessions_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  /** Of a session made from a key: it has the key's rights and ends with it. */
  @Column('text', { name: 'key_id', nullable: true })
  keyId: string | null;

  @Column('text')
  mode: Mode;

  @Column('text')
  family: string;

  @Column('integer', { name: 'current_n' })
  currentN: number;

  /** When the current refresh token was first presented. */
  @Column('timestamptz', { name: 'presented_at', nullable: true })
  presentedAt: Date | null;

  /** Of a session that a cookie holds; its family gives no refresh token then. */
  @Column('text', { name: 'cookie_hash', nullable: true })
  cookieHash: string | null;

  @Column('text', { nullable: true })
  device: string | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
