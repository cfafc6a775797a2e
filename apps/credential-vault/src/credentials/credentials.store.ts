import type { Mode, Principal } from '@musicgen/platform-contracts';
import { insertNew } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, Not, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { Credential } from './credential.entity';

interface Page {
  limit: number;
  cursor?: string;
  platform?: string;
  active?: boolean;
}

/** A transaction in hand. */
export type Tx = EntityManager;

type Named = Pick<Credential, 'id' | 'platform'>;

/** Whose credentials, and in which mode. */
export type Owner = Pick<Principal, 'user_id' | 'mode'>;

const ownedBy = (principal: Owner) => ({ userId: principal.user_id, mode: principal.mode });

/** Credentials in Postgres. Every question names the owner and the mode. */
@Injectable()
export class CredentialsStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** False if the id is taken. */
  insert(tx: EntityManager, credential: Credential): Promise<boolean> {
    return insertNew(tx, Credential, credential);
  }

  find(principal: Owner, id: string, tx: EntityManager = this.dataSource.manager): Promise<Credential | null> {
    return tx.findOneBy(Credential, { id, ...ownedBy(principal) });
  }

  findForUpdate(tx: EntityManager, principal: Owner, id: string): Promise<Credential | null> {
    return tx.findOne(Credential, { where: { id, ...ownedBy(principal) }, lock: { mode: 'pessimistic_write' } });
  }

  /** Newest first, one more than the limit. */
  list(principal: Owner, { limit, cursor, platform, active }: Page): Promise<Credential[]> {
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

  /** For an administrator: the credentials of all users in both modes. This question and the next two ask for no owner. */
  listAll({ limit, cursor, platform, active, user_id: userId }: Page & { user_id?: string }): Promise<Credential[]> {
    return this.dataSource.getRepository(Credential).find({
      where: {
        ...(userId !== undefined && { userId }),
        ...(cursor !== undefined && { id: LessThan(cursor) }),
        ...(platform !== undefined && { platform }),
        ...(active !== undefined && { isActive: active }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  /** The client that an administrator shares with all users of a mode. */
  findShared(platform: string, mode: Mode, tx: EntityManager = this.dataSource.manager): Promise<Credential | null> {
    return tx.findOneBy(Credential, { platform, mode, isShared: true });
  }

  /** The same for whoever is about to share one: others who are wait. */
  async findSharedForUpdate(tx: EntityManager, platform: string, mode: Mode): Promise<Credential | null> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`shared:${mode}:${platform}`]);
    return this.findShared(platform, mode, tx);
  }

  listShared(mode: Mode): Promise<Credential[]> {
    return this.dataSource.manager.findBy(Credential, { mode, isShared: true });
  }

  findActive(principal: Owner, platform: string): Promise<Credential | null> {
    return this.dataSource.manager.findOneBy(Credential, { ...ownedBy(principal), platform, isActive: true });
  }

  listActive(principal: Owner): Promise<Credential[]> {
    return this.dataSource.getRepository(Credential).findBy({ ...ownedBy(principal), isActive: true });
  }

  /**
   * Makes it the platform's only active one. Which others no longer are; null if it is gone. Whoever activates one at the
   * same time waits.
   */
  async activate(
    tx: EntityManager,
    principal: Owner,
    { id, platform }: Pick<Credential, 'id' | 'platform'>,
    updatedAt: Date,
  ): Promise<Named[] | null> {
    const others = await this.deactivateAll(tx, principal, { platform, except: id }, updatedAt);
    const { affected } = await tx.update(Credential, { id, ...ownedBy(principal) }, { isActive: true, updatedAt });
    return affected === 1 ? others : null;
  }

  /** Which ones were active. */
  async deactivateAll(
    tx: EntityManager,
    principal: Owner,
    { platform, except = '' }: { platform: string; except?: string },
    updatedAt: Date,
  ): Promise<Named[]> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [
      `active:${principal.user_id}:${principal.mode}:${platform}`,
    ]);
    const { raw } = await tx
      .createQueryBuilder()
      .update(Credential)
      .set({ isActive: false, updatedAt })
      .where({ ...ownedBy(principal), platform, isActive: true, id: Not(except) })
      .returning(['id', 'platform'])
      .execute();
    return raw as Named[];
  }

  async update(
    tx: EntityManager,
    principal: Owner,
    id: string,
    changes: Partial<Omit<Credential, 'id' | 'userId' | 'mode' | 'platform'>>,
  ): Promise<void> {
    await tx.update(Credential, { id, ...ownedBy(principal) }, changes as QueryDeepPartialEntity<Credential>);
  }

  async delete(tx: EntityManager, principal: Owner, id: string): Promise<Credential | null> {
    const credential = await this.findForUpdate(tx, principal, id);
    if (credential) await tx.delete(Credential, { id, ...ownedBy(principal) });
    return credential;
  }
}
