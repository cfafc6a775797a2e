import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { Session } from './session.entity';

@Injectable()
export class SessionsStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  async insert(session: Session): Promise<void> {
    await this.dataSource.getRepository(Session).insert(session);
  }

  findByFamily(family: string): Promise<Session | null> {
    return this.dataSource.getRepository(Session).findOneBy({ family });
  }

  /** With the database's time: the one clock that all replicas share. */
  async findByFamilyForUpdate(tx: EntityManager, family: string): Promise<{ session: Session; now: Date } | null> {
    const session = await tx.findOne(Session, { where: { family }, lock: { mode: 'pessimistic_write' } });
    if (!session) return null;
    const [{ now }] = await tx.query('SELECT clock_timestamp() AS now');
    return { session, now };
  }

  async update(tx: EntityManager, id: string, changes: Partial<Session>): Promise<void> {
    await tx.update(Session, { id }, changes);
  }

  async revoke(userId: string, id: string): Promise<void> {
    await this.dataSource.getRepository(Session).update({ id, userId, revokedAt: IsNull() }, { revokedAt: new Date() });
  }
}
