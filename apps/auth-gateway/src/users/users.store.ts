import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { User } from './user.entity';

/** What is changed together. */
export type Transaction = EntityManager;

@Injectable()
export class UsersStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** False if the address is taken. */
  async insert(tx: EntityManager, user: User): Promise<boolean> {
    const result = await tx.createQueryBuilder().insert().into(User).values(user).orIgnore().returning('id').execute();
    return (result.raw as unknown[]).length > 0;
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

  async update(
    id: string,
    changes: Partial<Omit<User, 'id'>>,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await tx.update(User, { id }, changes);
  }
}
