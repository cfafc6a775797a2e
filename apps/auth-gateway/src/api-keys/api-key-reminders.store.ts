import { DatabaseLink } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKey } from './api-key.entity';
import { DAY_MS, ROTATION_DUE_DAYS } from './api-key-grant';

const batch = 200;
/** The earliest reminder. */
const aheadMs = 14 * DAY_MS;

/** The reminder that was sent last, in days ahead. */
export interface Announced {
  expiry: number | null;
  rotation: number | null;
}

@Injectable()
export class ApiKeyRemindersStore {
  constructor(private readonly database: DatabaseLink) {}

  connected(): Promise<void> {
    return this.database.connected();
  }

  /** Keys that work and whose end or rotation is near, by id; what another replica looks at is left to it. */
  claimNearDeadline(tx: EntityManager, after: string, now: number): Promise<ApiKey[]> {
    const made = new Date(now - ROTATION_DUE_DAYS * DAY_MS);
    return tx
      .createQueryBuilder(ApiKey, 'k')
      .where('k.id > :after AND k.revokedAt IS NULL', { after })
      .andWhere('coalesce(least(k.expiresAt, k.retiresAt) > :now, true)', { now: new Date(now) })
      .andWhere('(least(k.expiresAt, k.retiresAt) <= :soon OR k.createdAt BETWEEN :made AND :madeNearly)', {
        soon: new Date(now + aheadMs),
        made,
        madeNearly: new Date(made.getTime() + aheadMs),
      })
      .orderBy('k.id')
      .limit(batch)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  async note(tx: EntityManager, { id, userId, mode }: ApiKey, { expiry, rotation }: Announced): Promise<void> {
    await tx.update(ApiKey, { id, userId, mode }, { expiryAnnounced: expiry, rotationAnnounced: rotation });
  }
}
