import type { SecurityAction, SecurityEventView } from '@musicgen/platform-contracts';
import { LOGGER, newId, pageRows, Pump, type Logger, type Settling } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from './actor';
import { AuditStore } from './audit.store';
import type { SecurityEvent } from './security-event.entity';

const sweepEveryMs = 24 * 3_600_000;

export interface Change {
  action: SecurityAction;
  /** What it is done to. */
  target?: string;
  /** Whose it is, where that is not who does it. */
  users?: readonly string[];
  /** Ids, states and reasons: never a secret. */
  details?: Readonly<Record<string, unknown>>;
}

/** The record of who changed what: each change is written in its own transaction, so neither is without the other. */
@Injectable()
export class Audit implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeping = new Pump(
    () => this.store.sweep(),
    sweepEveryMs,
    (err) => this.logger.warn({ err }, 'old lines of the record stay for now'),
  );

  constructor(
    private readonly store: AuditStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.store.connected().then(() => this.sweeping.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeping.stop();
  }

  async change(tx: Settling['tx'], by: Actor, { action, target, users = [], details = {} }: Change): Promise<void> {
    const concerned = new Set([...(by.userId === null ? [] : [by.userId]), ...users]);
    await this.store.insert(tx, {
      ...by,
      ...{ id: newId('evt'), at: new Date(), action, outcome: 'ok', targetId: target ?? null, details },
      ...{ userIds: [...concerned], count: 1, fold: null },
    });
  }

  async list(page: Parameters<AuditStore['list']>[0]) {
    return pageRows(await this.store.list(page), page.limit, view);
  }
}

const view = (event: SecurityEvent): SecurityEventView => ({
  id: event.id,
  at: event.at.toISOString(),
  action: event.action,
  outcome: event.outcome,
  user_id: event.userId,
  key_id: event.keyId,
  session_id: event.sessionId,
  address: event.address,
  request_id: event.requestId,
  target_id: event.targetId,
  users: event.userIds,
  details: event.details as Record<string, unknown>,
  count: event.count,
});
