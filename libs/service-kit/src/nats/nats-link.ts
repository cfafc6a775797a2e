import { Events, type NatsConnection } from 'nats';
import type { Logger } from '../logging/logger';

/** The service's one NATS connection and whether it is up. Everything that talks over NATS goes through it. */
export class NatsLink {
  private isConnected = true;

  constructor(
    readonly connection: NatsConnection,
    private readonly logger: Logger,
  ) {
    void this.watch();
  }

  get isUp(): boolean {
    return this.isConnected && !this.connection.isClosed() && !this.connection.isDraining();
  }

  /** Sends what is buffered, waits for subscriptions' callbacks, closes. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    await (this.isConnected ? this.connection.drain() : this.connection.close());
  }

  private async watch() {
    for await (const status of this.connection.status()) {
      if (status.type === Events.Disconnect) {
        this.isConnected = false;
        this.logger.warn('nats-server is away; calls fail until it is back');
      }
      if (status.type === Events.Reconnect) {
        this.isConnected = true;
        this.logger.info('nats-server is back');
      }
      if (status.type === Events.Error) this.logger.error({ problem: status.data }, 'nats-server refused something');
    }
  }
}
