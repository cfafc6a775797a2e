import type { Mode, Principal } from '@musicgen/platform-contracts';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Job } from './job';

/** The jobs table of a service; to be called from one of its migrations. */
export async function createJobs(query: QueryRunner): Promise<void> {
  await query.query(`
    CREATE TABLE jobs (
      id text CONSTRAINT jobs_pkey PRIMARY KEY,
      kind text NOT NULL,
      resource_id text NOT NULL,
      user_id text NOT NULL,
      mode text NOT NULL CHECK (mode IN ('live', 'test')),
      principal jsonb NOT NULL,
      request_id text NOT NULL,
      traceparent text NOT NULL,
      state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled', 'dead')),
      concurrency integer NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      not_before timestamptz NOT NULL DEFAULT now(),
      lease_owner text,
      lease_until timestamptz,
      cancel_requested boolean NOT NULL DEFAULT false,
      problem text,
      created_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz
    )`);
  await query.query(`CREATE UNIQUE INDEX jobs_resource_key ON jobs (kind, resource_id)`);
  await query.query(`CREATE INDEX jobs_queued_idx ON jobs (kind, user_id, created_at, id) WHERE state = 'queued'`);
  await query.query(`CREATE INDEX jobs_running_idx ON jobs (kind, user_id, lease_until) WHERE state = 'running'`);
  await query.query(
    `CREATE INDEX jobs_started_idx ON jobs (kind, user_id, started_at DESC) WHERE started_at IS NOT NULL`,
  );
  await query.query(`CREATE INDEX jobs_dead_idx ON jobs (finished_at DESC) WHERE state = 'dead'`);
}

/** What a new job is made of. */
export interface NewJob extends Omit<Job, 'attempts' | 'lease' | 'createdAt'> {
  /** How many of the user's jobs of this kind may run at once. */
  concurrency: number;
}

/** A job that is not tried any more, as an administrator sees it. */
export interface DeadJob extends Omit<Job, 'traceparent' | 'lease'> {
  /** The code of the last error. */
  problem: string | null;
  finishedAt: Date;
}

const deadColumns = `id, kind, resource_id AS "resourceId", user_id AS "userId", mode, principal, request_id AS "requestId",
  attempts, problem, created_at AS "createdAt", finished_at AS "finishedAt"`;

const columns =
  'id, kind, resource_id, user_id, mode, principal, request_id, traceparent, attempts, lease_owner, created_at';

/**
 * One row per user that has jobs waiting (a loose index scan), of these the user who has waited longest since a start
 * of his own: the next user first, his oldest job first, nobody over his concurrency.
 */
const nextJob = `
  WITH RECURSIVE waiting AS (
    (SELECT user_id FROM jobs WHERE kind = $1 AND state = 'queued' ORDER BY user_id LIMIT 1)
    UNION ALL
    SELECT (SELECT j.user_id FROM jobs j WHERE j.kind = $1 AND j.state = 'queued' AND j.user_id > w.user_id
            ORDER BY j.user_id LIMIT 1)
    FROM waiting w WHERE w.user_id IS NOT NULL
  )
  SELECT oldest.id
  FROM waiting
  CROSS JOIN LATERAL (
    SELECT id, concurrency, created_at FROM jobs
    WHERE kind = $1 AND state = 'queued' AND user_id = waiting.user_id AND not_before <= now()
    ORDER BY created_at, id LIMIT 1
  ) oldest
  LEFT JOIN LATERAL (
    SELECT started_at FROM jobs
    WHERE kind = $1 AND user_id = waiting.user_id AND started_at IS NOT NULL
    ORDER BY started_at DESC LIMIT 1
  ) recent ON true
  WHERE (SELECT count(*) FROM jobs WHERE kind = $1 AND state = 'running' AND user_id = waiting.user_id) < oldest.concurrency
  ORDER BY recent.started_at NULLS FIRST, oldest.created_at
  LIMIT 1`;

/**
 * If every other user's jobs take turns with this user's: his own up to this one, and as many of each other user. An
 * upper bound while nobody else comes.
 */
const queuePosition = `
  WITH mine AS (SELECT user_id, created_at, id FROM jobs WHERE kind = $1 AND resource_id = $2 AND state = 'queued'),
  rank AS (
    SELECT count(*) AS n FROM jobs j, mine
    WHERE j.kind = $1 AND j.state = 'queued' AND j.user_id = mine.user_id
      AND (j.created_at, j.id) <= (mine.created_at, mine.id)
  )
  SELECT (rank.n + coalesce((
    SELECT sum(least(others.n, rank.n)) FROM (
      SELECT count(*) AS n FROM jobs WHERE kind = $1 AND state = 'queued' AND user_id <> mine.user_id GROUP BY user_id
    ) others), 0))::int AS position
  FROM mine, rank`;

/** The questions that the queue asks its table. Every change of a running job names its lease. */
export class JobStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly kind: string,
  ) {}

  async countQueued(tx: EntityManager): Promise<number> {
    const [row] = await tx.query(`SELECT count(*)::int AS n FROM jobs WHERE kind = $1 AND state = 'queued'`, [
      this.kind,
    ]);
    return row.n;
  }

  async insert(tx: EntityManager, job: NewJob): Promise<void> {
    await tx.query(
      `INSERT INTO jobs (id, kind, resource_id, user_id, mode, principal, request_id, traceparent, concurrency)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        job.id,
        job.kind,
        job.resourceId,
        job.userId,
        job.mode,
        JSON.stringify(job.principal),
        job.requestId,
        job.traceparent,
        job.concurrency,
      ],
    );
  }

  /** Takes the next job. Claims of one kind take turns, so that fairness and concurrency are exact over all workers. */
  async claim(lease: string, leaseMs: number): Promise<Job | null> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`jobs:${this.kind}`]);
      const [rows] = await tx.query(
        `UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = clock_timestamp(), lease_owner = $2,
                lease_until = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE id = (${nextJob}) AND state = 'queued' RETURNING ${columns}`,
        [this.kind, lease, leaseMs],
      );
      return rows.length > 0 ? toJob(rows[0]) : null;
    });
  }

  /** Renews the leases in hand; says which still hold and whose jobs are to be cancelled. */
  async renew(leases: string[], leaseMs: number): Promise<{ lease: string; isCancelRequested: boolean }[]> {
    const [rows] = await this.dataSource.query(
      `UPDATE jobs SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'
       WHERE kind = $1 AND lease_owner = ANY($2) AND state = 'running' RETURNING lease_owner, cancel_requested`,
      [this.kind, leases, leaseMs],
    );
    return rows.map((row: { lease_owner: string; cancel_requested: boolean }) => ({
      lease: row.lease_owner,
      isCancelRequested: row.cancel_requested,
    }));
  }

  /** Takes a job over whose worker is gone: its lease has run out, and it is none of those in hand here. */
  async adopt(lease: string, leaseMs: number, inHand: string[]): Promise<Job | null> {
    const [rows] = await this.dataSource.query(
      `UPDATE jobs SET lease_owner = $2, lease_until = clock_timestamp() + $4 * interval '1 millisecond' WHERE id = (
         SELECT id FROM jobs
         WHERE kind = $1 AND state = 'running' AND lease_until < clock_timestamp() AND NOT lease_owner = ANY($3)
         ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
       ) RETURNING ${columns}`,
      [this.kind, lease, inHand, leaseMs],
    );
    return rows.length > 0 ? toJob(rows[0]) : null;
  }

  /** Whether somebody wants it cancelled; nobody can until the transaction ends. */
  async isCancelRequested(tx: EntityManager, job: Job): Promise<boolean> {
    const [row] = await tx.query('SELECT cancel_requested FROM jobs WHERE id = $1 AND lease_owner = $2 FOR UPDATE', [
      job.id,
      job.lease,
    ]);
    return row?.cancel_requested ?? false;
  }

  /** True if the job was still held, and is now in the given state. What is to be cancelled does not succeed any more. */
  async settle(tx: EntityManager, job: Job, state: 'succeeded' | 'failed' | 'canceled' | 'dead', problem?: string) {
    const [rows] = await tx.query(
      `UPDATE jobs SET state = $3, finished_at = clock_timestamp(), lease_owner = NULL, lease_until = NULL, problem = $4
       WHERE id = $1 AND lease_owner = $2 AND state = 'running' AND NOT (cancel_requested AND $3 = 'succeeded')
       RETURNING id`,
      [job.id, job.lease, state, problem ?? null],
    );
    return rows.length > 0;
  }

  /** Puts a job back, if it was still held. */
  async requeue(tx: EntityManager, job: Job, delayMs: number, problem: string): Promise<boolean> {
    const [rows] = await tx.query(
      `UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL, problem = $4,
              not_before = clock_timestamp() + $3 * interval '1 millisecond'
       WHERE id = $1 AND lease_owner = $2 AND state = 'running' RETURNING id`,
      [job.id, job.lease, delayMs, problem],
    );
    return rows.length > 0;
  }

  /** Puts a job back as if it had not been started. */
  async park(tx: EntityManager, job: Job): Promise<boolean> {
    const [rows] = await tx.query(
      `UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL, attempts = attempts - 1
       WHERE id = $1 AND lease_owner = $2 AND state = 'running' RETURNING id`,
      [job.id, job.lease],
    );
    return rows.length > 0;
  }

  /** The id of the job, if it was over and is queued again. */
  async restart(tx: EntityManager, resourceId: string): Promise<string | null> {
    const [rows] = await tx.query(
      `UPDATE jobs SET state = 'queued', attempts = 0, not_before = clock_timestamp(), cancel_requested = false,
              problem = NULL, finished_at = NULL
       WHERE kind = $1 AND resource_id = $2 AND state IN ('succeeded', 'failed', 'canceled', 'dead') RETURNING id`,
      [this.kind, resourceId],
    );
    return rows[0]?.id ?? null;
  }

  /** Over all owners: newest first, one more than the limit. */
  listDead(limit: number, cursor?: string): Promise<DeadJob[]> {
    return this.dataSource.query(
      `SELECT ${deadColumns} FROM jobs WHERE kind = $1 AND state = 'dead' AND ($2::text IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [this.kind, cursor ?? null, limit + 1],
    );
  }

  /** Of whoever it is; null unless it is dead, by then. */
  async restartDead(tx: EntityManager, id: string): Promise<DeadJob | null> {
    const [dead] = await tx.query(
      `SELECT ${deadColumns} FROM jobs WHERE kind = $1 AND id = $2 AND state = 'dead' FOR UPDATE`,
      [this.kind, id],
    );
    if (dead) await this.restart(tx, dead.resourceId);
    return dead ?? null;
  }

  /** A queued job is cancelled at once; a running one is marked, and its worker told. */
  async cancel(tx: EntityManager, resourceId: string): Promise<{ id: string; state: string } | null> {
    const [rows] = await tx.query(
      `UPDATE jobs SET cancel_requested = true,
              state = CASE state WHEN 'queued' THEN 'canceled' ELSE state END,
              finished_at = CASE state WHEN 'queued' THEN clock_timestamp() END
       WHERE kind = $1 AND resource_id = $2 AND state IN ('queued', 'running') RETURNING id, state`,
      [this.kind, resourceId],
    );
    return rows[0] ?? null;
  }

  /** About how many starts until this one's: 1 is next. Null once it is no longer queued. */
  async findQueuePosition(resourceId: string): Promise<number | null> {
    const [row] = await this.dataSource.query(queuePosition, [this.kind, resourceId]);
    return row?.position ?? null;
  }
}

interface JobRow {
  id: string;
  kind: string;
  resource_id: string;
  user_id: string;
  mode: Mode;
  principal: Principal;
  request_id: string;
  traceparent: string;
  attempts: number;
  lease_owner: string;
  created_at: Date;
}

const toJob = (row: JobRow): Job => ({
  id: row.id,
  kind: row.kind,
  resourceId: row.resource_id,
  userId: row.user_id,
  mode: row.mode,
  principal: row.principal,
  requestId: row.request_id,
  traceparent: row.traceparent,
  attempts: row.attempts,
  lease: row.lease_owner,
  createdAt: row.created_at,
});
