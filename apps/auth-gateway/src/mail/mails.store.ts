import { newId } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { MailKind } from './mail.entity';

export interface ClaimedMail {
  id: string;
  kind: MailKind;
  email: string;
  attempts: number;
}

@Injectable()
export class MailsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False while there is no connection yet. */
  get isConnected(): boolean {
    return this.dataSource.isInitialized;
  }

  /** One that waits already is enough. */
  async insert(kind: MailKind, email: string, tx: EntityManager = this.dataSource.manager): Promise<void> {
    await tx.query(
      `INSERT INTO mails (id, kind, email, attempts, not_before, created_at) VALUES ($1, $2, $3, 0, now(), now())
       ON CONFLICT (kind, email) DO NOTHING`,
      [newId('job'), kind, email],
    );
  }

  /**
   * The next mail that is due. It is put off by the time that its next try waits, so that it is nobody else's meanwhile, and
   * comes again by itself if this process ends before it is sent.
   */
  async claim(firstRetryMs: number, retryMsMax: number): Promise<ClaimedMail | null> {
    const [rows] = await this.dataSource.query(
      `UPDATE mails SET attempts = attempts + 1,
              not_before = clock_timestamp() + least($1 * 2 ^ least(attempts, 20), $2) * interval '1 millisecond'
       WHERE id = (SELECT id FROM mails WHERE not_before <= clock_timestamp() ORDER BY not_before LIMIT 1
                   FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, email, attempts`,
      [firstRetryMs, retryMsMax],
    );
    return rows[0] ?? null;
  }

  async remove(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM mails WHERE id = $1', [id]);
  }
}
