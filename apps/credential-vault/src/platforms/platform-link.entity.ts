import type { Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const key = { primaryKeyConstraintName: 'platform_links_pkey' };

/** Where a user reaches a platform, instead of where everybody does. */
@Entity('platform_links')
@Check('platform_links_mode_check', `mode IN ('live', 'test')`)
export class PlatformLink {
  @PrimaryColumn('text', { name: 'user_id', ...key })
  userId: string;

  @PrimaryColumn('text', key)
  mode: Mode;

  @PrimaryColumn('text', key)
  platform: string;

  @Column('text')
  link: string;
}
