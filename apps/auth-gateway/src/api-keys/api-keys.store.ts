import type { Principal } from '@musicgen/platform-contracts';
import { insertNew } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, type EntityManager } from 'typeorm';
import { ApiKey } from './api-key.entity';

const ownedBy = ({ user_id: userId, mode }: Principal) => ({ userId, mode });

@Injectable()
export class ApiKeysStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False if the id is taken. */
  insert(key: ApiKey, tx: EntityManager = this.dataSource.manager): Promise<boolean> {
    return insertNew(tx, ApiKey, key);
  }

  find(principal: Principal, id: string): Promise<ApiKey | null> {
    return this.dataSource.getRepository(ApiKey).findOneBy({ id, ...ownedBy(principal) });
  }

  /** Whoever else would change it waits for the end of the transaction. */
  findForUpdate(tx: EntityManager, principal: Principal, id: string): Promise<ApiKey | null> {
    return tx.findOne(ApiKey, { where: { id, ...ownedBy(principal) }, lock: { mode: 'pessimistic_write' } });
  }

  /** Newest first, one more than the limit. */
  list(principal: Principal, limit: number, cursor?: string): Promise<ApiKey[]> {
    return this.dataSource.getRepository(ApiKey).find({
      where: { ...ownedBy(principal), ...(cursor !== undefined && { id: LessThan(cursor) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  async replace(tx: EntityManager, old: ApiKey, successor: ApiKey): Promise<void> {
    await tx.insert(ApiKey, successor);
    const { rotatedAt, retiresAt, expiryAnnounced } = old;
    const changes = { rotatedAt, retiresAt, expiryAnnounced, replacedBy: successor.id };
    await tx.update(ApiKey, { id: old.id, userId: old.userId, mode: old.mode }, changes);
  }

  /** False if there is no such key, or it is revoked already. */
  async revoke(tx: EntityManager, principal: Principal, id: string): Promise<boolean> {
    const { affected } = await tx.update(
      ApiKey,
      { id, ...ownedBy(principal), revokedAt: IsNull() },
      { revokedAt: new Date() },
    );
    return affected === 1;
  }
}
