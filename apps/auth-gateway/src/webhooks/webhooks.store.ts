import { insertNew, type Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { Webhook } from './webhook.entity';

/** Part of the same transaction, if anything changes. */
export type Alongside = (tx: EntityManager) => Promise<void>;

@Injectable()
export class WebhooksStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Null if the id or the address is taken, or the owner has as many as he may. */
  async insert(row: Webhook, countMax: number, alongside: Alongside): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext($1))`, [`webhooks:${row.userId}`]);
      if ((await tx.countBy(Webhook, { userId: row.userId, mode: row.mode })) >= countMax) return false;
      const isNew = await insertNew(tx, Webhook, row);
      if (isNew) await alongside(tx);
      return isNew;
    });
  }

  find(owner: Owner, id: string): Promise<Webhook | null> {
    return this.dataSource.getRepository(Webhook).findOneBy({ id, ...owner });
  }

  findByUrl(owner: Owner, url: string): Promise<Webhook | null> {
    return this.dataSource.getRepository(Webhook).findOneBy({ url, ...owner });
  }

  /** Newest first, one more than the limit. */
  list(owner: Owner, limit: number, cursor?: string): Promise<Webhook[]> {
    return this.dataSource.getRepository(Webhook).find({
      where: { ...owner, ...(cursor !== undefined && { id: LessThan(cursor) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  /** Changes the secret; whoever comes at the same time waits and changes it again. */
  async rotate(
    owner: Owner,
    id: string,
    change: (row: Webhook) => Partial<Webhook>,
    alongside: Alongside,
  ): Promise<Webhook | null> {
    return this.dataSource.transaction(async (tx) => {
      const row = await tx.findOne(Webhook, { where: { id, ...owner }, lock: { mode: 'pessimistic_write' } });
      if (!row) return null;
      await alongside(tx);
      return tx.save(Webhook, { ...row, ...change(row) });
    });
  }

  /** With its deliveries and the jobs that would send them. */
  async delete(owner: Owner, id: string, alongside: Alongside): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const { affected } = await tx.delete(Webhook, { id, ...owner });
      if (affected !== 1) return false;
      await removeDeliveries(tx, 'webhook_id = $1', [id]);
      await tx.query(`DELETE FROM generation_webhooks WHERE webhook_id = $1`, [id]);
      await alongside(tx);
      return true;
    });
  }

  /** Noted before the generation is: its events find their way from the first. */
  async noteGeneration(generationId: string, webhookId: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO generation_webhooks (generation_id, webhook_id) VALUES ($1, $2)
       ON CONFLICT (generation_id) DO UPDATE SET webhook_id = excluded.webhook_id`,
      [generationId, webhookId],
    );
  }

  /** The endpoints that want an event: by their list, or because the generation named them. */
  listFor(tx: EntityManager, { userId, mode }: Owner, event: string, generationId?: string): Promise<Webhook[]> {
    return tx
      .createQueryBuilder(Webhook, 'w')
      .where('w.userId = :userId AND w.mode = :mode', { userId, mode })
      .andWhere(
        `(:event = ANY(w.events) OR w.id = (SELECT g.webhook_id FROM generation_webhooks g WHERE g.generation_id = :generationId))`,
        { event, generationId: generationId ?? null },
      )
      .getMany();
  }

  /** What is older than that is gone, with its jobs and the notes of generations. */
  async sweep(before: Date): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await removeDeliveries(tx, `status <> 'pending' AND created_at < $1`, [before]);
      await tx.query(`DELETE FROM generation_webhooks WHERE created_at < $1`, [before]);
      await tx.query(`DELETE FROM seen_events WHERE seen_at < $1`, [before]);
    });
  }
}

/** Jobs before deliveries, as a worker locks them that ends one: so neither waits for the other. */
async function removeDeliveries(tx: EntityManager, where: string, parameters: unknown[]): Promise<void> {
  await tx.query(
    `DELETE FROM jobs
     WHERE kind = 'webhook_delivery' AND resource_id IN (SELECT id FROM webhook_deliveries WHERE ${where})`,
    parameters,
  );
  await tx.query(`DELETE FROM webhook_deliveries WHERE ${where}`, parameters);
}
