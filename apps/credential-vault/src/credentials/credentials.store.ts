import type { Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { Credential } from './credential.entity';

interface Page {
  limit: number;
  cursor?: string;
  platform?: string;
  active?: boolean;
}

const ownedBy = (principal: Principal) => ({ userId: principal.user_id, mode: principal.mode });

/** Credentials in Postgres. Every question names the owner and the mode. */
@Injectable()
export class CredentialsStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** False if the id is taken. */
  async insert(tx: EntityManager, credential: Credential): Promise<boolean> {
    const result = await tx
      .createQueryBuilder()
      .insert()
      .into(Credential)
      .values(credential as never)
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length > 0;
  }

  find(principal: Principal, id: string, tx: EntityManager = this.dataSource.manager): Promise<Credential | null> {
    return tx.findOneBy(Credential, { id, ...ownedBy(principal) });
  }

  findForUpdate(tx: EntityManager, principal: Principal, id: string): Promise<Credential | null> {
    return tx.findOne(Credential, { where: { id, ...ownedBy(principal) }, lock: { mode: 'pessimistic_write' } });
  }

  /** Newest first, one more than the limit. */
  list(principal: Principal, { limit, cursor, platform, active }: Page): Promise<Credential[]> {
    return this.dataSource.getRepository(Credential).find({
      where: {
        ...ownedBy(principal),
        ...(cursor !== undefined && { id: LessThan(cursor) }),
        ...(platform !== undefined && { platform }),
        ...(active !== undefined && { isActive: active }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  listActive(principal: Principal): Promise<Credential[]> {
    return this.dataSource.getRepository(Credential).findBy({ ...ownedBy(principal), isActive: true });
  }

  /** Makes it the platform's only active one; false if it is gone. Others who activate one at the same time wait. */
  async activate(
    tx: EntityManager,
    principal: Principal,
    { id, platform }: Pick<Credential, 'id' | 'platform'>,
    updatedAt: Date,
  ): Promise<boolean> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [
      `active:${principal.user_id}:${principal.mode}:${platform}`,
    ]);
    await tx.update(Credential, { ...ownedBy(principal), platform, isActive: true }, { isActive: false, updatedAt });
    const { affected } = await tx.update(Credential, { id, ...ownedBy(principal) }, { isActive: true, updatedAt });
    return affected === 1;
  }

  async update(
    tx: EntityManager,
    principal: Principal,
    id: string,
    changes: Partial<Omit<Credential, 'id' | 'userId' | 'mode' | 'platform'>>,
  ): Promise<void> {
    await tx.update(Credential, { id, ...ownedBy(principal) }, changes as QueryDeepPartialEntity<Credential>);
  }

  async delete(tx: EntityManager, principal: Principal, id: string): Promise<Credential | null> {
    const credential = await this.findForUpdate(tx, principal, id);
    if (credential) await tx.delete(Credential, { id, ...ownedBy(principal) });
    return credential;
  }
}
