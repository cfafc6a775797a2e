import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SigningKeyRow } from './signing-key.entity';

@Injectable()
export class SigningKeysStore {
  constructor(private readonly dataSource: DataSource) {}

  /** One replica at a time changes keys, and sees what the one before did. */
  change<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('signing_keys'))`);
      return work(tx);
    });
  }

  listIn(tx: EntityManager): Promise<SigningKeyRow[]> {
    return tx.find(SigningKeyRow);
  }

  async save(tx: EntityManager, row: SigningKeyRow): Promise<void> {
    await tx.save(SigningKeyRow, row);
  }

  async remove(tx: EntityManager, kid: string): Promise<void> {
    await tx.delete(SigningKeyRow, { kid });
  }
}
