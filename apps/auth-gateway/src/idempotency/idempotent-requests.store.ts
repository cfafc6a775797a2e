import { DatabaseLink, type Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { IdempotentRequest } from './idempotent-request.entity';

/** A crashed gateway's request can be repeated after this long. */
const leaseSeconds = 10;
const sweepBatch = 5_000;

type Reservation = Pick<IdempotentRequest, 'keyHash' | 'fingerprint' | 'resourceId' | 'ringVersion' | 'seed' | 'lease'>;
type Chosen = Pick<IdempotentRequest, 'resourceId' | 'ringVersion' | 'seed'>;

/** Requests with an Idempotency-Key, by the database's clock: the one that all replicas share. */
@Injectable()
export class IdempotentRequestsStore {
  private readonly dataSource: DataSource;

  constructor(private readonly database: DatabaseLink) {
    this.dataSource = database.dataSource;
  }

  connected(): Promise<void> {
    return this.database.connected();
  }

  /**
   * Takes the request in hand: as a new one, or where another try of it was left. What was chosen for it first is what it
   * is given, whoever asks. Null if it is answered or running already, or was another request.
   */
  async take({ userId, mode }: Owner, wanted: Reservation): Promise<Chosen | null> {
    const [row] = await this.dataSource.query(
      `INSERT INTO idempotent_requests AS r
         (key_hash, user_id, mode, fingerprint, resource_id, ring_version, seed, lease, leased_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 second', now() + interval '24 hours')
       ON CONFLICT (key_hash) DO UPDATE SET
         lease = excluded.lease, leased_until = excluded.leased_until,
         fingerprint = excluded.fingerprint,
         answer = NULL,
         resource_id = CASE WHEN r.expires_at <= now() THEN excluded.resource_id ELSE r.resource_id END,
         ring_version = CASE WHEN r.expires_at <= now() THEN excluded.ring_version ELSE r.ring_version END,
         seed = CASE WHEN r.expires_at <= now() THEN excluded.seed ELSE r.seed END,
         expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
       WHERE r.user_id = excluded.user_id AND r.mode = excluded.mode AND (r.expires_at <= now() OR
         (r.answer IS NULL AND r.leased_until <= now() AND r.fingerprint = excluded.fingerprint))
       RETURNING resource_id AS "resourceId", ring_version AS "ringVersion", seed`,
      [
        wanted.keyHash,
        userId,
        mode,
        wanted.fingerprint,
        wanted.resourceId,
        wanted.ringVersion,
        wanted.seed,
        wanted.lease,
        leaseSeconds,
      ],
    );
    return row ?? null;
  }

  find({ userId, mode }: Owner, keyHash: string): Promise<IdempotentRequest | null> {
    return this.dataSource.getRepository(IdempotentRequest).findOneBy({ keyHash, userId, mode });
  }

  async renew({ userId, mode }: Owner, keyHash: string, lease: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE idempotent_requests SET leased_until = now() + $5 * interval '1 second'
       WHERE key_hash = $1 AND user_id = $2 AND mode = $3 AND lease = $4`,
      [keyHash, userId, mode, lease, leaseSeconds],
    );
  }

  /** Ends the try, with a final answer or (null) so that the next one begins at once. Nothing happens if another try has it. */
  async end({ userId, mode }: Owner, keyHash: string, lease: string, answer: Buffer | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE idempotent_requests SET leased_until = now(), answer = $5
       WHERE key_hash = $1 AND user_id = $2 AND mode = $3 AND lease = $4`,
      [keyHash, userId, mode, lease, answer],
    );
  }

  /** Removes what is over, a batch of it; true when there may be more. */
  async sweep(): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `DELETE FROM idempotent_requests WHERE key_hash IN
         (SELECT key_hash FROM idempotent_requests WHERE expires_at <= now() LIMIT ${sweepBatch} FOR UPDATE SKIP LOCKED)`,
    );
    return count === sweepBatch;
  }
}
