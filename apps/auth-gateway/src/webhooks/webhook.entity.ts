import type { Mode } from '@musicgen/platform-contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An address of a user's to which events of his are sent. */
@Entity('webhooks')
@Index('webhooks_owner_idx', ['userId', 'mode', 'id'])
@Index('webhooks_url_key', ['userId', 'mode', 'url'], { unique: true })
export class Webhook {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'webhooks_pkey' })
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  url: string;

  @Column('text', { array: true })
  events: string[];

  /** Sealed with the key ring. */
  @Column('bytea')
  secret: Buffer;

  /** The secret before it, which signs too until 24 hours after the rotation. */
  @Column('bytea', { name: 'old_secret', nullable: true })
  oldSecret: Buffer | null;

  @Column('timestamptz', { name: 'secret_rotated_at', nullable: true })
  secretRotatedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
