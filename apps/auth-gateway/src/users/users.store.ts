import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { User } from './user.entity';

@Injectable()
export class UsersStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False if the address is taken. */
  async insert(user: User): Promise<boolean> {
    const result = await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(User)
      .values(user)
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length > 0;
  }

  find(id: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ id });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.dataSource.getRepository(User).findOneBy({ email });
  }

  async update(id: string, changes: Partial<Omit<User, 'id'>>): Promise<void> {
    await this.dataSource.getRepository(User).update({ id }, changes);
  }
}
