import type { PageRequest, Role, TierName } from '@musicgen/platform-contracts';
import { insertNew } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, Not, type EntityManager } from 'typeorm';
import { User } from './user.entity';

export interface UserPage extends PageRequest {
  q?: string;
  tier?: TierName;
  role?: Role;
  locked?: boolean;
}

/** `%`, `_` and `\` in what is looked for are just these characters. */
const contains = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** What is changed together. */
export type Transaction = EntityManager;

@Injectable()
export class UsersStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** False if the address is taken. */
  insert(tx: EntityManager, user: User): Promise<boolean> {
    return insertNew(tx, User, user);
  }

  find(id: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ id });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ email });
  }

  async hasAdmin(): Promise<boolean> {
    return this.dataSource.getRepository(User).existsBy({ role: 'admin' });
  }

  /** Whoever else would change rights, or delete a user, waits: so an administrator remains. */
  async findForUpdate(tx: EntityManager, id: string): Promise<User | null> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('administrators'))`);
    return tx.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Who can log in. After {@link findForUpdate}. */
  hasOtherAdmin(tx: EntityManager, id: string): Promise<boolean> {
    return tx.existsBy(User, { id: Not(id), role: 'admin', isLocked: false });
  }

  /** All users, newest first, one more than the limit. */
  list({ limit, cursor, q, tier, role, locked }: UserPage): Promise<User[]> {
    const query = this.dataSource.getRepository(User).createQueryBuilder('u');
    if (cursor !== undefined) query.andWhere('u.id < :cursor', { cursor });
    if (tier !== undefined) query.andWhere('u.tier = :tier', { tier });
    if (role !== undefined) query.andWhere('u.role = :role', { role });
    if (locked !== undefined) query.andWhere('u.is_locked = :locked', { locked });
    if (q !== undefined) {
      query.andWhere('(u.id = :q OR u.email ILIKE :part OR u.name ILIKE :part)', { q, part: contains(q) });
    }
    return query
      .orderBy('u.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  async update(
    id: string,
    changes: Partial<Omit<User, 'id'>>,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await tx.update(User, { id }, changes);
  }
}
