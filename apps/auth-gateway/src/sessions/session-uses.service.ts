import { LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Noting } from '../http/request-log';
import { SessionsStore } from './sessions.store';

const storeEveryMs = 5_000;

/** Notes when sessions were used, and stores that in batches: no request waits for it. */
@Injectable()
export class SessionUsesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private uses = new Map<string, number>();
  private readonly storing = new Pump(() => this.store(), storeEveryMs);

  constructor(
    private readonly sessions: SessionsStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.storing.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.storing.stop();
  }

  /** What notes the session of an answered request; the rest is stored when the last one is answered. */
  watch(fastify: FastifyInstance): Noting {
    fastify.addHook('onClose', () => this.store());
    return ({ principal: { session_id: session } }) => {
      if (session !== undefined) this.uses.set(session, Date.now());
    };
  }

  private async store(): Promise<void> {
    if (this.uses.size === 0 || !this.sessions.isConnected) return;
    const uses = this.uses;
    this.uses = new Map();
    try {
      await this.sessions.noteUses([...uses]);
    } catch (error) {
      // Only what was not used again since is given back; there are no more of them than sessions known to this process.
      for (const [session, at] of uses) if (!this.uses.has(session)) this.uses.set(session, at);
      this.logger.warn({ err: error }, 'the last uses of sessions wait to be stored');
    }
  }
}
