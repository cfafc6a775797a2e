import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { Credential } from '../credentials/credential.entity';
import { Grant, type GrantKind } from './grant.entity';
import { isFree, leased } from './lease';

/** Names one grant and its owner. */
export type GrantKey = Pick<Grant, 'credentialId' | 'userId' | 'mode' | 'kind'>;

export const keyOf = ({ id, userId, mode }: Pick<Credential, 'id' | 'userId' | 'mode'>, kind: GrantKind): GrantKey => ({
  credentialId: id,
  userId,
  mode,
  kind,
});

const identity = ({ credentialId, userId, mode, kind }: GrantKey): GrantKey => ({ credentialId, userId, mode, kind });

const unlocked = { lockOwner: null, lockedUntil: null };
const untroubled = {
  failingSince: null,
  refusedSince: null,
  failures: 0,
  nextAttemptAt: null,
  lastReason: null,
  retiredAt: null,
  intentAt: null,
};

/** Grants in Postgres. Writers hold a fence, and nothing is written over what came under a higher one. */
@Injectable()
export class GrantsStore {
  constructor(private readonly dataSource: DataSource) {}

  find(key: GrantKey, tx: EntityManager = this.dataSource.manager): Promise<Grant | null> {
    return tx.findOneBy(Grant, identity(key));
  }

  /** Makes sure that there is a row, without any token. */
  async ensure(key: GrantKey, platform: string, tx: EntityManager = this.dataSource.manager): Promise<void> {
    await tx.query(
      `INSERT INTO grants (credential_id, kind, user_id, mode, platform, version, fence, failures)
       VALUES ($1, $2, $3, $4, $5, 0, 0, 0) ON CONFLICT DO NOTHING`,
      [key.credentialId, key.kind, key.userId, key.mode, platform],
    );
  }

  /** A new fence, above that of everybody who is at work. Null if there is no such grant. */
  async supersede(tx: EntityManager, key: GrantKey): Promise<number | null> {
    const [rows] = await tx.query(
      `UPDATE grants SET fence = fence + 1
       WHERE credential_id = $1 AND user_id = $2 AND mode = $3 AND kind = $4 RETURNING fence`,
      [key.credentialId, key.userId, key.mode, key.kind],
    );
    return (rows as { fence: number }[])[0]?.fence ?? null;
  }

  /** Replaces all that is known by what came under the fence. */
  async replace(tx: EntityManager, key: GrantKey, fence: number, tokens: Partial<Grant>): Promise<void> {
    const values = { ...untroubled, ...unlocked, pending: null, pendingFence: null, ...tokens, version: fence };
    await tx.update(Grant, { ...identity(key), fence }, values as QueryDeepPartialEntity<Grant>);
  }

  /** Null: somebody else is at it. The lock ends by itself, for one who was killed with it. */
  async lock(key: GrantKey, owner: string): Promise<Grant | null> {
    const [rows] = await this.dataSource.query(
      `UPDATE grants SET fence = fence + 1, lock_owner = $5, locked_until = ${leased}
       WHERE credential_id = $1 AND user_id = $2 AND mode = $3 AND kind = $4 AND ${isFree} RETURNING fence`,
      [key.credentialId, key.userId, key.mode, key.kind, owner],
    );
    const fence = (rows as { fence: number }[])[0]?.fence;
    return fence === undefined ? null : this.dataSource.manager.findOneBy(Grant, { ...identity(key), fence });
  }

  /**
   * The last write before the platform is asked, of the same columns as its answer will be: whoever cannot store must not
   * spend a token. Renews the lock; false if it was lost.
   */
  async intend(grant: Grant, refreshToken: string | null, now: Date): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `UPDATE grants SET refresh_token = $6, intent_at = coalesce(intent_at, $7), last_attempt_at = $7,
         locked_until = ${leased}
       WHERE credential_id = $1 AND user_id = $2 AND mode = $3 AND kind = $4 AND fence = $5 AND version = $8
         AND locked_until > clock_timestamp()`,
      [grant.credentialId, grant.userId, grant.mode, grant.kind, grant.fence, refreshToken, now, grant.version],
    );
    return count === 1;
  }

  /** Stores the platform's answer, sealed, unless a younger one is there. Not bound to the lock: an answer is worth keeping. */
  async keep(grant: Grant, sealed: string): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `UPDATE grants SET pending = $6, pending_fence = $5
       WHERE credential_id = $1 AND user_id = $2 AND mode = $3 AND kind = $4
         AND version < $5 AND coalesce(pending_fence, 0) < $5`,
      [grant.credentialId, grant.userId, grant.mode, grant.kind, grant.fence, sealed],
    );
    return count === 1;
  }

  /** Makes the stored answer the grant's tokens. False: somebody else has done it, or a younger one came. */
  async settle(tx: EntityManager, key: GrantKey, pendingFence: number, tokens: Partial<Grant>): Promise<boolean> {
    const values = { ...untroubled, ...unlocked, pending: null, pendingFence: null, ...tokens, version: pendingFence };
    const { affected } = await tx.update(
      Grant,
      { ...identity(key), pendingFence },
      values as QueryDeepPartialEntity<Grant>,
    );
    return affected === 1;
  }

  /** Notes a failure, unless others have come further meanwhile. Ends the lock. */
  async fail(tx: EntityManager, grant: Grant, failure: Partial<Grant>): Promise<boolean> {
    const { affected } = await tx
      .createQueryBuilder()
      .update(Grant)
      .set({ ...failure, ...unlocked } as QueryDeepPartialEntity<Grant>)
      .where({ ...identity(grant), fence: grant.fence, version: grant.version })
      .andWhere('pending IS NULL')
      .execute();
    return affected === 1;
  }

  async unlock({ fence, lockOwner, ...grant }: Grant): Promise<void> {
    await this.dataSource.manager.update(Grant, { ...identity(grant), fence, lockOwner: lockOwner! }, unlocked);
  }

  /** For a failure that is ours: not again before then. */
  async postpone({ fence, ...grant }: Grant, nextAttemptAt: Date): Promise<void> {
    await this.dataSource.manager.update(Grant, { ...identity(grant), fence }, { nextAttemptAt });
  }

  /** No more requests; the refresh token stays for a while. */
  async retire(tx: EntityManager, key: GrantKey, retiredAt: Date): Promise<void> {
    await tx.update(Grant, identity(key), { retiredAt, nextAttemptAt: null });
  }

  /** Whatever failed may be tried again at once. */
  async forgetFailures(tx: EntityManager, credential: Omit<GrantKey, 'kind'>): Promise<void> {
    const { credentialId, userId, mode } = credential;
    const untried = { failures: 0, nextAttemptAt: null };
    await tx.update(Grant, { credentialId, userId, mode }, untried);
    await tx.update(Grant, { credentialId, userId, mode, kind: 'app' }, { accessToken: null });
  }

  async restartClock(
    tx: EntityManager,
    key: GrantKey,
    consentedAt: Date | null,
    reauthDueAt: Date | null,
  ): Promise<void> {
    await tx.update(Grant, identity(key), { consentedAt, reauthDueAt, reauthToldDays: null });
  }

  /** In this order everywhere, so that nobody waits for one who waits for him: first the credential, then its grant. */
  async lockCredential(tx: EntityManager, { credentialId, userId, mode }: GrantKey): Promise<void> {
    await tx.query('SELECT FROM credentials WHERE id = $1 AND user_id = $2 AND mode = $3 FOR NO KEY UPDATE', [
      credentialId,
      userId,
      mode,
    ]);
  }

  /** The credential that a grant belongs to. */
  credential({ credentialId, userId, mode }: GrantKey): Promise<Credential | null> {
    return this.dataSource.manager.findOneBy(Credential, { id: credentialId, userId, mode });
  }

  /** Changes the state if it is one of these. */
  async setState(
    tx: EntityManager,
    { credentialId, userId, mode }: GrantKey,
    from: readonly Credential['state'][],
    to: Credential['state'],
    error: string | null,
  ): Promise<boolean> {
    const { affected } = await tx
      .createQueryBuilder()
      .update(Credential)
      .set({ state: to, validationError: error })
      .where({ id: credentialId, userId, mode })
      .andWhere('state = ANY(:from)', { from })
      .execute();
    return affected === 1;
  }
}
