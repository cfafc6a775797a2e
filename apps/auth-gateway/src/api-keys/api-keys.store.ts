import type { Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, type EntityManager } from 'typeorm';
import { ApiKey } from './api-key.entity';

const ownedBy = ({ user_id: userId, mode }: Principal) => ({ userId, mode });

@Injectable()
export class ApiKeysStore {
  constructor(private readonly dataSource: DataSource) {}

  async insert(key: ApiKey): Promise<void> {
    await this.dataSource.getRepository(ApiKey).insert(key);
  }

  find(principal: Principal, id: string): Promise<ApiKey | null> {
    return this.dataSource.getRepository(ApiKey).findOneBy({ id, ...ownedBy(principal) });
  }

  /** Newest first, one more than the limit. */
  list(principal: Principal, limit: number, cursor?: string): Promise<ApiKey[]> {
    return this.dataSource.getRepository(ApiKey).find({
      where: { ...ownedBy(principal), ...(cursor !== undefined && { id: LessThan(cursor) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
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
