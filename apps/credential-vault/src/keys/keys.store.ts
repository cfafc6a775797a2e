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

/** Behind the format byte: two bytes of version, four of fingerprint. See KeyRing. */
const header = (column: string) => `substring(${column} FROM 2 FOR 6)`;

const census = `
  SELECT (get_byte(key, 0) * 256 + get_byte(key, 1)) AS version, encode(substring(key FROM 3), 'hex') AS fingerprint,
         sum(data_keys)::int AS "dataKeys", sum(passing)::int AS passing
  FROM (
    SELECT ${header('data_key')} AS key, count(*) AS data_keys, 0 AS passing FROM credentials GROUP BY 1
    UNION ALL SELECT ${header('verifier')}, 0, count(*) FROM oauth_flows
      WHERE verifier IS NOT NULL AND expires_at > now() GROUP BY 1
    UNION ALL SELECT ${header('sealed')}, 0, count(*) FROM revocations GROUP BY 1
  ) sealed GROUP BY key ORDER BY 1 DESC, 2`;

@Injectable()
export class KeysStore {
  constructor(private readonly dataSource: DataSource) {}

  get isUp(): boolean {
    return this.dataSource.isInitialized;
  }

  census(): Promise<CensusRow[]> {
    return this.dataSource.query(census);
  }

  listKeys(): Promise<VaultKey[]> {
    return this.dataSource.getRepository(VaultKey).find({ order: { version: 'ASC' } });
  }

  /** Another replica may have been faster. */
  async addKey(key: VaultKey): Promise<void> {
    await this.dataSource.createQueryBuilder().insert().into(VaultKey).values(key).orIgnore().execute();
  }

  async removeKey(version: number): Promise<void> {
    await this.dataSource.getRepository(VaultKey).delete({ version });
  }

  /** The one that runs, else the last one. */
  latestRotation(): Promise<KeyRotation | null> {
    return this.dataSource.getRepository(KeyRotation).findOne({ where: {}, order: { startedAt: 'DESC' } });
  }

  /** False if one is running already. */
  async startRotation(rotation: KeyRotation): Promise<boolean> {
    const { raw } = await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(KeyRotation)
      .values(rotation as never)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length > 0;
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

  /** The next data keys behind the cursor that another key has wrapped. Nobody changes them until the transaction ends. */
  async nextWrapped(tx: EntityManager, cursor: string, target: Buffer, limit: number): Promise<WrappedKey[]> {
    return tx.query(
      `SELECT id, user_id AS "userId", mode, data_key AS "dataKey" FROM credentials
       WHERE id > $1 AND ${header('data_key')} <> $2 ORDER BY id LIMIT $3 FOR UPDATE`,
      [cursor, target, limit],
    );
  }

  async countWrapped(target: Buffer, tx: EntityManager = this.dataSource.manager): Promise<number> {
    const sql = `SELECT count(*)::int AS n FROM credentials WHERE ${header('data_key')} <> $1`;
    const [row] = await tx.query(sql, [target]);
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
