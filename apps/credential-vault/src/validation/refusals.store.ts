import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Credential } from '../credentials/credential.entity';
import { isStorm, stormMaxMs } from '../grants/grant';
import { RefreshBreakersStore } from '../grants/refresh-breakers.store';
import { Revalidation } from './revalidation.entity';

/** What platforms say against credentials unasked, as long as it is not believed. */
@Injectable()
export class RefusalsStore {
  constructor(private readonly breakers: RefreshBreakersStore) {}

  /** Since when; null: not at all, or the credential was changed or proven since. */
  async since(tx: EntityManager, { id, validationError }: Credential): Promise<Date | null> {
    if (validationError === null) return null;
    return (await tx.findOneBy(Revalidation, { credentialId: id }))?.refusedSince ?? null;
  }

  async note(tx: EntityManager, { id }: Pick<Credential, 'id'>, refusedSince: Date | null): Promise<void> {
    await tx.update(Revalidation, { credentialId: id }, { refusedSince });
  }

  /** Whether the platform refuses many at once: grants of theirs when they are renewed, or credentials when they are checked. */
  async isStorm(tx: EntityManager, place: Pick<Credential, 'platform' | 'mode'>, now: Date): Promise<boolean> {
    if (await this.breakers.isOpen(place, tx)) return true;
    const [counts] = await tx.query(
      `WITH refused AS (
         SELECT r.refused_since FROM revalidations r JOIN credentials c ON c.id = r.credential_id
         WHERE c.platform = $1 AND c.mode = $2 AND c.validation_error IS NOT NULL AND r.refused_since > $3
       )
       SELECT (SELECT count(*)::int FROM refused) AS refused,
         (SELECT count(*)::int FROM credentials WHERE platform = $1 AND mode = $2 AND validation_error IS NULL
            AND last_validated >= (SELECT min(refused_since) FROM refused)) AS renewed`,
      [place.platform, place.mode, new Date(now.getTime() - stormMaxMs)],
    );
    return isStorm(counts);
  }
}
