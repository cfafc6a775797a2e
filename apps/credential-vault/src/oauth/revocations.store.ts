import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Revocation } from './revocation.entity';

/** Revocations in Postgres. They outlive their credential, and are worked through for all owners alike. */
@Injectable()
export class RevocationsStore {
  constructor(private readonly dataSource: DataSource) {}

  get isUp(): boolean {
    return this.dataSource.isInitialized;
  }

  async insert(tx: EntityManager, revocation: Revocation): Promise<void> {
    await tx.insert(Revocation, revocation);
  }

  /** The next that is due, put off at once: nobody else takes it meanwhile, and a crash does not lose it. */
  claim(now: Date, notBefore: (attempts: number) => Date): Promise<Revocation | null> {
    return this.dataSource.transaction(async (tx) => {
      const revocation = await tx
        .createQueryBuilder(Revocation, 'revocation')
        .where('revocation.notBefore <= :now', { now })
        .orderBy('revocation.notBefore')
        .limit(1)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getOne();
      if (!revocation) return null;
      revocation.attempts += 1;
      revocation.notBefore = notBefore(revocation.attempts);
      await tx.update(Revocation, { id: revocation.id }, revocation);
      return revocation;
    });
  }

  async delete({ id }: Revocation): Promise<void> {
    await this.dataSource.manager.delete(Revocation, { id });
  }
}
