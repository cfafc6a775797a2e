import { modes, type GenerationStatus } from '@musicgen/platform-contracts';
import { insertNew, type Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Brackets, DataSource, In, IsNull, type EntityManager } from 'typeorm';
import type { Attempt } from '../artefacts/artefact-files';
import type { RenderResult } from '../engines/engine';
import { requeuedFrom, statusesBefore, unfinishedStatuses } from './generation-status';
import { Generation, type GenerationError } from './generation.entity';

/** What a worker changes while it makes a generation. */
export type Changeable = Partial<Pick<Generation, 'status' | 'progress' | 'startedAt' | 'preview'>>;

/** What a worker has made. */
export interface Made {
  result: RenderResult;
  isPreviewWhole: boolean;
  /** Signed. */
  provenance: string;
}

/** By what something was made. */
type Maker = Pick<RenderResult, 'engineVersion' | 'bankSha256'>;

interface Page {
  limit: number;
  cursor?: string;
  status?: GenerationStatus;
  model?: string;
  q?: string;
}

/** `%`, `_` and `\` in what a user looks for are just these characters. */
const contains = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Generations in Postgres. Every question names the owner and the mode. */
@Injectable()
export class GenerationsStore {
  constructor(private readonly dataSource: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** False if the id is taken. */
  insert(tx: EntityManager, generation: Omit<Generation, 'artefacts'>): Promise<boolean> {
    return insertNew(tx, Generation, generation);
  }

  find({ userId, mode }: Owner, id: string): Promise<Generation | null> {
    return this.dataSource.getRepository(Generation).findOneBy({ id, userId, mode });
  }

  findWithArtefacts({ userId, mode }: Owner, id: string): Promise<Generation | null> {
    return this.dataSource.getRepository(Generation).findOne({
      where: { id, userId, mode },
      relations: { artefacts: true },
      order: { artefacts: { kind: 'ASC', name: 'ASC', format: 'ASC' } },
    });
  }

  /** The latest that asked for the same bytes and has its files still, made by the same engine with the same bank. */
  findSame(
    { userId, mode }: Owner,
    repeatKey: string,
    { engineVersion, bankSha256 }: Maker,
  ): Promise<Generation | null> {
    return this.dataSource.getRepository(Generation).findOne({
      where: { userId, mode, repeatKey, status: 'succeeded', engineVersion, bankSha256: bankSha256 ?? IsNull() },
      relations: { artefacts: true },
      order: { id: 'DESC' },
    });
  }

  /** Newest first, one more than the limit. */
  list({ userId, mode }: Owner, { limit, cursor, status, model, q }: Page): Promise<Generation[]> {
    const query = this.dataSource
      .getRepository(Generation)
      .createQueryBuilder('g')
      .where('g.user_id = :userId AND g.mode = :mode', { userId, mode });
    if (cursor !== undefined) query.andWhere('g.id < :cursor', { cursor });
    if (status !== undefined) query.andWhere('g.status = :status', { status });
    if (model !== undefined) query.andWhere('g.model = :model', { model });
    if (q !== undefined) {
      const either = new Brackets((or) => or.where('g.prompt ILIKE :q').orWhere('g.title ILIKE :q'));
      query.andWhere(either).setParameter('q', contains(q));
    }
    return query
      .orderBy('g.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  /** Counts within the transaction that adds one; those of one user take turns, so that the count is exact. */
  async countQueued(tx: EntityManager, { userId }: Owner): Promise<number> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`generations of ${userId}`]);
    return tx.getRepository(Generation).countBy({ userId, mode: In([...modes]), status: 'queued' });
  }

  /** Over all owners: what has been whole for long enough that nobody listens to its preview any more. */
  async listOldPreviews(heardWithinMs: number): Promise<(Owner & Attempt)[]> {
    return this.dataSource.query(
      `SELECT id AS "generationId", user_id AS "userId", mode, (preview->>'attempt')::int AS attempt FROM generations
       WHERE preview IS NOT NULL AND finished_at < clock_timestamp() - $1 * interval '1 millisecond'
       ORDER BY finished_at LIMIT 100`,
      [heardWithinMs],
    );
  }

  async forgetPreview({ userId, mode }: Owner, id: string): Promise<void> {
    await this.dataSource.getRepository(Generation).update({ id, userId, mode }, { preview: null });
  }

  async listQueuedOfKey({ userId, mode }: Owner, keyId: string): Promise<string[]> {
    const rows = await this.dataSource
      .getRepository(Generation)
      .find({ select: { id: true }, where: { userId, mode, keyId, status: 'queued' } });
    return rows.map((row) => row.id);
  }

  /** Who asked is kept with the job. */
  async listQueuedOfSession({ userId, mode }: Owner, sessionId: string): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT g.id FROM generations g JOIN jobs j ON j.kind = 'generation' AND j.resource_id = g.id
       WHERE g.user_id = $1 AND g.mode = $2 AND g.status = 'queued' AND j.principal->>'session_id' = $3`,
      [userId, mode, sessionId],
    );
    return rows.map(({ id }) => id);
  }

  /** An administrator has it tried anew, on the given day's account. False if there is none that failed. */
  async requeue(tx: EntityManager, { userId, mode }: Owner, id: string, day: string): Promise<boolean> {
    const [rows] = await tx.query(
      `UPDATE generations SET status = 'queued', error = NULL, finished_at = NULL, quota_day = $5,
              quota = CASE mode WHEN 'live' THEN 'reserved' ELSE 'none' END
       WHERE id = $1 AND user_id = $2 AND mode = $3 AND status = $4 RETURNING id`,
      [id, userId, mode, requeuedFrom, day],
    );
    return rows.length > 0;
  }

  /** Until the transaction ends, nobody else changes it. Null if it was deleted or has ended. */
  async lockUnfinished(tx: EntityManager, { userId, mode }: Owner, id: string): Promise<Generation | null> {
    return tx
      .getRepository(Generation)
      .createQueryBuilder('g')
      .setLock('pessimistic_write')
      .where('g.id = :id AND g.user_id = :userId AND g.mode = :mode', { id, userId, mode })
      .andWhere('g.status IN (:...unfinishedStatuses)', { unfinishedStatuses })
      .getOne();
  }

  async update(tx: EntityManager, { userId, mode }: Owner, id: string, change: Changeable): Promise<void> {
    await tx.update(Generation, { id, userId, mode }, change as object);
  }

  /** False if it was deleted or has ended already. */
  async succeed(tx: EntityManager, owner: Owner, id: string, made: Made): Promise<boolean> {
    const { result, isPreviewWhole, provenance } = made;
    const [rows] = await tx.query(
      `UPDATE generations SET status = 'succeeded', finished_at = clock_timestamp(),
              progress = progress || '{"fraction": 1, "etaMs": 0}', preview = preview || $9::jsonb,
              quota = CASE quota WHEN 'reserved' THEN 'spent' ELSE quota END,
              interpretation = $5, analysis = $6, engine_version = $7, bank_sha256 = $8, provenance = $10,
              expires_at = clock_timestamp() + audio_days * interval '1 day'
       WHERE id = $1 AND user_id = $2 AND mode = $3 AND status = ANY($4) RETURNING id`,
      [
        id,
        owner.userId,
        owner.mode,
        statusesBefore('succeeded'),
        result.interpretation && JSON.stringify(result.interpretation),
        JSON.stringify(result.analysis),
        result.engineVersion,
        result.bankSha256,
        JSON.stringify({ isWhole: isPreviewWhole }),
        provenance,
      ],
    );
    return rows.length > 0;
  }

  /** False if it was deleted or has ended already. */
  async end(
    tx: EntityManager,
    owner: Owner,
    id: string,
    status: 'failed' | 'canceled',
    error: GenerationError | null = null,
  ): Promise<boolean> {
    const [rows] = await tx.query(
      `UPDATE generations SET status = $4, error = $6, finished_at = clock_timestamp(), preview = NULL,
              progress = progress || '{"etaMs": null}'
       WHERE id = $1 AND user_id = $2 AND mode = $3 AND status = ANY($5) RETURNING id`,
      [id, owner.userId, owner.mode, status, statusesBefore(status), error && JSON.stringify(error)],
    );
    return rows.length > 0;
  }

  /** False if there was none. Its artefacts' rows go with it. */
  async delete(tx: EntityManager, { userId, mode }: Owner, id: string): Promise<boolean> {
    const { affected } = await tx.delete(Generation, { id, userId, mode });
    return affected === 1;
  }
}
