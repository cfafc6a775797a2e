import type { Mode } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Credential } from '../credentials/credential.entity';
import { Revalidation } from './revalidation.entity';

/** Which row, and whose. */
type Owned = Pick<Credential, 'id' | 'userId' | 'mode'>;

const ownedBy = ({ id, userId, mode }: Owned) => ({ id, userId, mode });

/** The oldest due check whose platform may be asked. Whoever was never checked is due within a day of its making. */
const due = `
  SELECT c.id FROM credentials c
  LEFT JOIN revalidations r ON r.credential_id = c.id
  LEFT JOIN paces p ON p.platform = c.platform AND p.mode = c.mode
  CROSS JOIN LATERAL (SELECT coalesce(r.due_at,
    c.created_at + interval '1 day' * ((hashtext(c.id)::bigint + 2147483648) / 4294967296.0)) AS due_at) d
  WHERE c.is_active AND c.state <> 'needs_reauthorization' AND d.due_at <= $1 AND coalesce(p.free_at <= $1, true)
  ORDER BY d.due_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED`;

/** Verdicts, and whose check is due, in Postgres. */
@Injectable()
export class ValidationStore {
  constructor(private readonly dataSource: DataSource) {}

  lock(tx: EntityManager, credential: Owned): Promise<Credential | null> {
    return tx.findOne(Credential, { where: ownedBy(credential), lock: { mode: 'pessimistic_write' } });
  }

  async save(
    tx: EntityManager,
    credential: Owned,
    verdict: Pick<Credential, 'state' | 'lastValidated' | 'validationError'>,
  ): Promise<void> {
    await tx.update(Credential, ownedBy(credential), verdict);
  }

  async schedule({ id }: Pick<Credential, 'id'>, dueAt: Date, tx: EntityManager = this.dataSource.manager) {
    await tx.upsert(Revalidation, { credentialId: id, dueAt }, ['credentialId']);
  }

  /** Nobody asks the platform unattended before then. */
  async pause(platform: string, mode: Mode, until: Date, tx: EntityManager = this.dataSource.manager): Promise<void> {
    await tx.query(
      `INSERT INTO paces (platform, mode, free_at) VALUES ($1, $2, $3)
       ON CONFLICT (platform, mode) DO UPDATE SET free_at = greatest(paces.free_at, excluded.free_at)`,
      [platform, mode, until],
    );
  }

  /**
   * Takes one due check, for one replica: it is due again when the lease ends, so that a crash loses none. The platform is
   * left alone for `everyMs` of it. Null: nothing is due, or another replica was faster.
   */
  async claim(now: Date, leaseMs: number, everyMs: (platform: string) => number): Promise<Credential | null> {
    if (!this.dataSource.isInitialized) return null;
    return this.dataSource.transaction(async (tx) => {
      const [row] = (await tx.query(due, [now])) as { id: string }[];
      const credential = row && (await tx.findOneBy(Credential, { id: row.id }));
      if (!credential) return null;
      const { platform, mode } = credential;
      const isFree = (await tx.query(
        `INSERT INTO paces (platform, mode, free_at) VALUES ($1, $2, $3)
         ON CONFLICT (platform, mode) DO UPDATE SET free_at = excluded.free_at WHERE paces.free_at <= $4
         RETURNING platform`,
        [platform, mode, new Date(now.getTime() + everyMs(platform)), now],
      )) as unknown[];
      if (isFree.length === 0) return null;
      await this.schedule(credential, new Date(now.getTime() + leaseMs), tx);
      return credential;
    });
  }
}
