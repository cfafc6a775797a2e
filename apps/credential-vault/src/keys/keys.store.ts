import { readKeyId, insertNew } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Binding } from '../credentials/envelope';
import { KeyRotation } from './key-rotation.entity';
import { VaultKey } from './vault-key.entity';

/** How many sealed values a key is needed for. */
export interface CensusRow {
  version: number;
  fingerprint: string;
  /** Data keys of credentials. */
  dataKeys: number;
  /** What goes away by itself within days: flows under way, grants that are still to be revoked. */
  passing: number;
}

export interface WrappedKey extends Binding {
  dataKey: Buffer;
}

/** See KeyRing.keyId; there is an index of it. */
const keyId = (column: string) => `substring(${column} FROM 2 FOR 6)`;

const census = `
  SELECT key, sum(data_keys)::int AS "dataKeys", sum(passing)::int AS passing
  FROM (
    SELECT ${keyId('data_key')} AS key, count(*) AS data_keys, 0 AS passing FROM credentials GROUP BY 1
    UNION ALL SELECT ${keyId('verifier')}, 0, count(*) FROM oauth_flows
      WHERE verifier IS NOT NULL AND expires_at > now() GROUP BY 1
    UNION ALL SELECT ${keyId('sealed')}, 0, count(*) FROM revocations GROUP BY 1
  ) sealed GROUP BY key ORDER BY key DESC`;

@Injectable()
export class KeysStore {
  constructor(private readonly dataSource: DataSource) {}

  get isUp(): boolean {
    return this.dataSource.isInitialized;
  }

  /** The newest key first. */
  async census(): Promise<CensusRow[]> {
    const rows: { key: Buffer; dataKeys: number; passing: number }[] = await this.dataSource.query(census);
    return rows.map(({ key, ...needs }) => ({ ...readKeyId(key), ...needs }));
  }

  listKeys(): Promise<VaultKey[]> {
    return this.dataSource.getRepository(VaultKey).find({ order: { version: 'ASC' } });
  }

  /** Another replica may have been faster. */
  async addKey(key: VaultKey): Promise<void> {
    await insertNew(this.dataSource.manager, VaultKey, key);
  }

  async removeKey(version: number): Promise<void> {
    await this.dataSource.getRepository(VaultKey).delete({ version });
  }

  /** The one that runs, else the last one. */
  latestRotation(): Promise<KeyRotation | null> {
    return this.dataSource.getRepository(KeyRotation).findOne({ where: {}, order: { startedAt: 'DESC' } });
  }

  /** False if one is running already. */
  startRotation(rotation: KeyRotation): Promise<boolean> {
    return insertNew(this.dataSource.manager, KeyRotation, rotation);
  }

  /** Works on the running rotation, which no other replica does at the same time; false if there is nothing to do here. */
  advance(work: (tx: EntityManager, rotation: KeyRotation) => Promise<boolean>): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const rotation = await tx
        .createQueryBuilder(KeyRotation, 'r')
        .where(`r.state = 'running'`)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getOne();
      return rotation ? work(tx, rotation) : false;
    });
  }

  /** The next data keys behind the cursor that an older key has wrapped. Nobody changes them until the transaction ends. */
  async nextWrapped(tx: EntityManager, cursor: string, newest: Buffer, limit: number): Promise<WrappedKey[]> {
    return tx.query(
      `SELECT id, user_id AS "userId", mode, data_key AS "dataKey" FROM credentials
       WHERE id > $1 AND ${keyId('data_key')} <> $2 ORDER BY id LIMIT $3 FOR UPDATE`,
      [cursor, newest, limit],
    );
  }

  async countWrapped(newest: Buffer, tx: EntityManager = this.dataSource.manager): Promise<number> {
    const sql = `SELECT count(*)::int AS n FROM credentials WHERE ${keyId('data_key')} <> $1`;
    const [row] = await tx.query(sql, [newest]);
    return row.n;
  }

  async setDataKeys(tx: EntityManager, keys: readonly { id: string; dataKey: Buffer }[]): Promise<void> {
    await tx.query(
      `UPDATE credentials c SET data_key = k.data_key FROM unnest($1::text[], $2::bytea[]) AS k(id, data_key)
       WHERE c.id = k.id`,
      [keys.map(({ id }) => id), keys.map(({ dataKey }) => dataKey)],
    );
  }

  async saveRotation(tx: EntityManager, rotation: KeyRotation): Promise<void> {
    await tx.save(KeyRotation, rotation);
  }
}
