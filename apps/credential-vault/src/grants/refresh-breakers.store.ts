import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Grant } from './grant.entity';
import { isStorm } from './grant';
import { RefreshBreaker } from './refresh-breaker.entity';

type Place = Pick<Grant, 'platform' | 'mode'>;

const minute = 60_000;
/** Refusals that are further apart than this have nothing to do with each other. */
const stormWindowMs = 15 * minute;
/** While a platform is asked sparingly: once in this time, for all of its grants together. */
export const trialEveryMs = minute;

/** Breakers, one per platform and mode, shared by all replicas. */
@Injectable()
export class RefreshBreakersStore {
  constructor(private readonly dataSource: DataSource) {}

  isOpen({ platform, mode }: Place, tx: EntityManager = this.dataSource.manager): Promise<boolean> {
    return tx.existsBy(RefreshBreaker, { platform, mode });
  }

  /** Whether many grants of the platform end at once; from then on it is asked sparingly. */
  async isStorm(tx: EntityManager, { platform, mode }: Place, now: Date): Promise<boolean> {
    if (await this.isOpen({ platform, mode }, tx)) return true;
    const [counts] = await tx.query(
      `WITH refused AS (
         SELECT refused_since FROM grants WHERE platform = $1 AND mode = $2 AND refused_since > $3
       )
       SELECT (SELECT count(*)::int FROM refused) AS refused,
         (SELECT count(*)::int FROM grants WHERE platform = $1 AND mode = $2 AND kind = 'user'
            AND last_refresh_at >= (SELECT min(refused_since) FROM refused)) AS renewed`,
      [platform, mode, new Date(now.getTime() - stormWindowMs)],
    );
    if (!isStorm(counts)) return false;
    await tx.query(
      `INSERT INTO refresh_breakers (platform, mode, opened_at, next_trial_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [platform, mode, now, new Date(now.getTime() + trialEveryMs)],
    );
    return true;
  }

  /** The platform renews again: what it refused is forgotten, and asked for at once. */
  async heal({ platform, mode }: Place): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const { affected } = await tx.delete(RefreshBreaker, { platform, mode });
      if (!affected) return;
      await tx.query(
        `UPDATE grants SET refused_since = NULL, next_attempt_at = NULL
         WHERE platform = $1 AND mode = $2 AND refused_since IS NOT NULL AND retired_at IS NULL`,
        [platform, mode],
      );
    });
  }

  /** The breakers under which one request may be made now; nobody else makes one before the next is due. */
  async claimTrials(now: Date): Promise<Place[]> {
    const [rows] = await this.dataSource.query(
      `UPDATE refresh_breakers SET next_trial_at = $2 WHERE next_trial_at <= $1 RETURNING platform, mode`,
      [now, new Date(now.getTime() + trialEveryMs)],
    );
    return rows as Place[];
  }
}
