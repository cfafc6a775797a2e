import { DatabaseLink } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { SigningKeyRow } from './signing-key.entity';

@Injectable()
export class SigningKeysStore {
  private readonly dataSource: DataSource;

  constructor(private readonly database: DatabaseLink) {
    this.dataSource = database.dataSource;
  }

  /** Settles when there is something to read. */
  connected(): Promise<void> {
    return this.database.connected();
  }

  list(): Promise<SigningKeyRow[]> {
    return this.dataSource.getRepository(SigningKeyRow).find();
  }

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
