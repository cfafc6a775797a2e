import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { aheadMs } from './grant';
import { Grant } from './grant.entity';
import { isFree, leased } from './lease';

type Place = Pick<Grant, 'platform' | 'mode'>;
/** Whose grant it is. */
export type About = Pick<Grant, 'credentialId' | 'userId' | 'mode' | 'platform'>;

interface Notice {
  about: About;
  days: 30 | 7 | 1;
  dueAt: Date;
}

const day = 24 * 3_600_000;
const retiredDays = 30;
const before = (now: Date, ms: number) => new Date(now.getTime() - ms);
const after = (now: Date, ms: number) => new Date(now.getTime() + ms);

interface Named {
  credential_id: string;
  kind: Grant['kind'];
  fence: number;
}

interface AboutRow {
  credential_id: string;
  user_id: string;
  mode: Grant['mode'];
  platform: string;
}

interface NoticeRow extends AboutRow {
  reauth_told_days: Notice['days'];
  reauth_due_at: Date;
}

/** Questions of those who look after all grants, whoever owns them: no answer of theirs goes to a user. */
@Injectable()
export class DueGrantsStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Locks what is due: used within a day and about to expire (four minutes of jitter, by id; of a short life half), failing and
   * due again, left behind by a replica that was killed. Nothing of a platform that is asked sparingly.
   */
  async claim(owner: string, now: Date, limit: number): Promise<Grant[]> {
    return this.lock(
      `SELECT credential_id, kind FROM grants g
       WHERE retired_at IS NULL AND (kind = 'app' OR refresh_token IS NOT NULL OR pending IS NOT NULL) AND ${isFree}
         AND (next_attempt_at IS NULL OR next_attempt_at <= $2)
         AND (pending IS NOT NULL OR intent_at IS NOT NULL OR (failing_since IS NOT NULL AND kind = 'user')
           OR (last_used_at > $4 AND expires_at <= $2::timestamptz + $3 * interval '1 millisecond'
             AND expires_at <= $2::timestamptz + least((expires_at - last_refresh_at) / 2,
             $3 * interval '1 millisecond' - (abs(hashtext(credential_id)::bigint) % 240) * interval '1 second')))
         AND (kind = 'app' OR NOT EXISTS (SELECT FROM refresh_breakers b WHERE b.platform = g.platform AND b.mode = g.mode))
       ORDER BY expires_at LIMIT $5 FOR UPDATE SKIP LOCKED`,
      [owner, now, aheadMs, before(now, day), limit],
    );
  }

  async claimTrial(owner: string, { platform, mode }: Place): Promise<Grant | null> {
    const [grant] = await this.lock(
      `SELECT credential_id, kind FROM grants
       WHERE platform = $2 AND mode = $3 AND kind = 'user' AND refused_since IS NOT NULL AND retired_at IS NULL AND ${isFree}
       ORDER BY last_attempt_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [owner, platform, mode],
    );
    return grant ?? null;
  }

  /** Marks the owners as told. */
  async claimNotices(tx: EntityManager, now: Date): Promise<Notice[]> {
    const [rows] = await tx.query(
      `UPDATE grants SET reauth_told_days = CASE WHEN reauth_due_at <= $2 THEN 1 WHEN reauth_due_at <= $3 THEN 7 ELSE 30 END
       WHERE (credential_id, kind) IN (
         SELECT credential_id, kind FROM grants
         WHERE retired_at IS NULL AND reauth_due_at > $1 AND reauth_due_at <= $4 AND (
           reauth_told_days IS NULL OR (reauth_due_at <= $3 AND reauth_told_days > 7)
           OR (reauth_due_at <= $2 AND reauth_told_days > 1))
         LIMIT 100 FOR UPDATE SKIP LOCKED)
       RETURNING credential_id, user_id, mode, platform, reauth_told_days, reauth_due_at`,
      [now, after(now, day), after(now, 7 * day), after(now, 30 * day)],
    );
    return (rows as NoticeRow[]).map((row) => ({
      about: about(row),
      days: row.reauth_told_days,
      dueAt: row.reauth_due_at,
    }));
  }

  /** Tokens that have ended and that nothing renews. */
  async claimEnded(tx: EntityManager, now: Date): Promise<About[]> {
    const [rows] = await tx.query(
      `WITH ended AS (
         SELECT credential_id FROM grants
         WHERE kind = 'user' AND retired_at IS NULL AND refresh_token IS NULL AND pending IS NULL
           AND access_token IS NOT NULL AND expires_at <= $1
         LIMIT 100
       ), held AS (
         SELECT c.id FROM credentials c JOIN ended ON ended.credential_id = c.id FOR NO KEY UPDATE OF c SKIP LOCKED
       ), retired AS (
         UPDATE grants SET retired_at = $1, last_reason = 'reauth_required'
         WHERE kind = 'user' AND retired_at IS NULL AND credential_id IN (SELECT id FROM held)
           AND refresh_token IS NULL AND expires_at <= $1
         RETURNING credential_id
       )
       UPDATE credentials SET state = 'needs_reauthorization', validation_error = 'The access token has ended, and nothing renews it'
       WHERE id IN (SELECT credential_id FROM retired)
       RETURNING id AS credential_id, user_id, mode, platform`,
      [now],
    );
    return (rows as AboutRow[]).map(about);
  }

  /** Tokens that were refused are kept for a while, for the case that it was a mistake. */
  async forgetRetired(now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE grants SET access_token = NULL, refresh_token = NULL
       WHERE retired_at <= $1 AND (refresh_token IS NOT NULL OR access_token IS NOT NULL)`,
      [before(now, retiredDays * day)],
    );
  }

  async markUsed(grants: Pick<Grant, 'credentialId' | 'kind'>[], now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE grants SET last_used_at = $1
       WHERE (credential_id, kind) IN (SELECT * FROM unnest($2::text[], $3::text[])) AND (last_used_at < $1 OR last_used_at IS NULL)`,
      [now, grants.map(({ credentialId }) => credentialId), grants.map(({ kind }) => kind)],
    );
  }

  private async lock(select: string, parameters: unknown[]): Promise<Grant[]> {
    const [rows] = await this.dataSource.query(
      `UPDATE grants SET fence = fence + 1, lock_owner = $1, locked_until = ${leased}
       WHERE (credential_id, kind) IN (${select}) RETURNING credential_id, kind, fence`,
      parameters,
    );
    const names = (rows as Named[]).map(({ credential_id, kind, fence }) => ({
      credentialId: credential_id,
      kind,
      fence,
    }));
    return names.length === 0 ? [] : this.dataSource.manager.findBy(Grant, names);
  }
}

const about = (row: AboutRow): About => ({
  credentialId: row.credential_id,
  userId: row.user_id,
  mode: row.mode,
  platform: row.platform,
});
