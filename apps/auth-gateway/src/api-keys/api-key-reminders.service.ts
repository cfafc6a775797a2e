import { apiKeyExpiring } from '@musicgen/platform-contracts';
import { LOGGER, Outbox, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ApiKey } from './api-key.entity';
import { reminderDue, rotationDueAt } from './api-key-grant';
import { ApiKeyRemindersStore, type Announced } from './api-key-reminders.store';

/** More often than daily: so each reminder comes within the hour in which it is due. */
const everyMs = 3_600_000;

/** Tells 14, 3 and 1 day ahead that a key ends or should be replaced. */
@Injectable()
export class ApiKeyRemindersService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.sweep(),
    everyMs,
    (err) => this.logger.warn({ err }, 'reminders of keys wait for the next time'),
  );

  constructor(
    private readonly store: ApiKeyRemindersStore,
    private readonly outbox: Outbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.store.connected().then(() => this.pump.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
  }

  /** All that is due. Event and note of it are one transaction, so replicas and restarts repeat none. */
  async sweep(now = Date.now()): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) after = await this.announceBatch(after, now);
  }

  /** The last id that was looked at; undefined at the end. */
  private announceBatch(after: string, now: number): Promise<string | undefined> {
    return this.outbox.transaction(async (tx, emit) => {
      const keys = await this.store.claimNearDeadline(tx, after, now);
      for (const key of keys) {
        const { userId: user_id, mode, id: key_id } = key;
        const announced: Announced = { expiry: key.expiryAnnounced, rotation: key.rotationAnnounced };
        for (const { reason, deadline } of deadlinesOf(key)) {
          const days = reminderDue(deadline, announced[reason], now);
          if (days === null) continue;
          const due_at = new Date(deadline).toISOString();
          await emit(apiKeyExpiring, { key_id, reason, days, due_at, user_id, mode });
          announced[reason] = days;
        }
        await this.store.note(tx, key, announced);
      }
      return keys.at(-1)?.id;
    });
  }
}

/** A key that has been replaced is not to be replaced again. */
function deadlinesOf({ expiresAt, retiresAt, createdAt }: ApiKey) {
  const ends = [expiresAt, retiresAt].flatMap((time) => (time ? [time.getTime()] : []));
  return [
    ...(ends.length > 0 ? [{ reason: 'expiry' as const, deadline: Math.min(...ends) }] : []),
    ...(retiresAt ? [] : [{ reason: 'rotation' as const, deadline: rotationDueAt(createdAt.getTime()) }]),
  ];
}
