import { userDeleted } from '@musicgen/platform-contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import type { EventConsumer } from '../events/event-consumer';
import { Pump } from '../jobs/pump';
import type { Logger } from '../logging/logger';
import { isDatabaseAway } from '../rpc/as-app-error';

const pollEveryMs = 5_000;
/** A try that failed, or whose process ended, is made again after this long; one that lasts longer may be made twice. */
const retryAfter = `interval '1 minute'`;
/** What was on its way when the account was deleted has arrived by then: it is looked for once more. */
const lastPassAfter = `interval '10 minutes'`;

/** The table of a service that has data of users; to be called from one of its migrations, beside `createEventTables`. */
export async function createUserDeletions(query: QueryRunner): Promise<void> {
  await query.query(`
    CREATE TABLE user_deletions (
      user_id text CONSTRAINT user_deletions_pkey PRIMARY KEY,
      heard_at timestamptz NOT NULL DEFAULT now(),
      not_before timestamptz NOT NULL DEFAULT now()
    )`);
}

/** Deletes all that this service has of a user, in both modes. Done twice, or begun and broken off, it harms nothing. */
export type EraseUser = (userId: string) => Promise<void>;

/**
 * Deletes users' data when their accounts are gone. The event is only noted: the work may take long and fail, and is tried
 * until it is done.
 */
export class UserDeletions {
  private readonly pump = new Pump(() => this.eraseOne(), pollEveryMs);
  private erase?: EraseUser;

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventConsumer,
    private readonly logger: Logger,
  ) {}

  start(erase: EraseUser): void {
    this.erase = erase;
    this.events.subscribe(userDeleted, async (tx, { user_id: userId }) => {
      await tx.query('INSERT INTO user_deletions (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
      return () => this.pump.wake();
    });
    this.pump.start();
  }

  async stop(): Promise<void> {
    await this.pump.stop();
  }

  private async eraseOne(): Promise<boolean> {
    if (!this.dataSource.isInitialized) return false;
    let userId: string | undefined;
    try {
      const due = await this.claim();
      if (!due) return false;
      userId = due.userId;
      await this.erase!(userId);
      await this.settle(due);
      return true;
    } catch (error) {
      if (!isDatabaseAway(error))
        this.logger.error({ err: error, user_id: userId }, 'a deleted user’s data is still here');
      return false;
    }
  }

  private async claim(): Promise<{ userId: string; isLastPass: boolean } | undefined> {
    const [rows] = await this.dataSource.query(
      `UPDATE user_deletions SET not_before = now() + ${retryAfter}
       WHERE user_id = (SELECT user_id FROM user_deletions WHERE not_before <= now() ORDER BY not_before LIMIT 1
                        FOR UPDATE SKIP LOCKED)
       RETURNING user_id AS "userId", heard_at + ${lastPassAfter} <= now() AS "isLastPass"`,
    );
    return rows[0];
  }

  private async settle({ userId, isLastPass }: { userId: string; isLastPass: boolean }): Promise<void> {
    await this.dataSource.query(
      isLastPass
        ? 'DELETE FROM user_deletions WHERE user_id = $1'
        : `UPDATE user_deletions SET not_before = heard_at + ${lastPassAfter} WHERE user_id = $1`,
      [userId],
    );
  }
}
