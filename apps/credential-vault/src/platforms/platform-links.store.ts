import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Owner, Tx } from '../credentials/credentials.store';
import { PlatformLink } from './platform-link.entity';

/** Links in Postgres. */
@Injectable()
export class PlatformLinksStore {
  constructor(private readonly dataSource: DataSource) {}

  list({ user_id: userId, mode }: Owner): Promise<PlatformLink[]> {
    return this.dataSource.manager.findBy(PlatformLink, { userId, mode });
  }

  /** Null takes it away. */
  async set(tx: Tx, { user_id: userId, mode }: Owner, platform: string, link: string | null): Promise<void> {
    if (link === null) await tx.delete(PlatformLink, { userId, mode, platform });
    else await tx.upsert(PlatformLink, { userId, mode, platform, link }, ['userId', 'mode', 'platform']);
  }
}
