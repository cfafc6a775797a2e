import { AppError } from '@musicgen/error-codes';
import { ErrorCode, Events, NatsError, type NatsConnection } from 'nats';
import type { Logger } from '../logging/logger';

/** The service's one NATS connection and whether it is up. Everything that talks over NATS goes through it. */
export class NatsLink {
  private current?: NatsConnection;
  private isConnected = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    /** Settles when nats-server has been reached for the first time. */
    readonly connected: Promise<NatsConnection>,
    private readonly logger: Logger,
  ) {
    void this.watch();
  }

  /** Throws SERVICE_UNAVAILABLE before the first connection. */
  get connection(): NatsConnection {
    if (!this.current) throw new AppError('SERVICE_UNAVAILABLE', { details: 'nats-server has not been reached yet' });
    return this.current;
  }

  get isUp(): boolean {
    return this.isConnected && !this.connection.isClosed() && !this.connection.isDraining();
  }

  /** The answer, or a failure at the moment nats-server goes away: an answer would not come any more. */
  whileUp<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(NatsError.errorForCode(ErrorCode.Disconnect));
      this.waiting.add(fail);
      answer.then(resolve, reject).finally(() => this.waiting.delete(fail));
    });
  }

  /** Sends what is buffered, waits for subscriptions' callbacks, closes. */
  async close(): Promise<void> {
    if (!this.current || this.current.isClosed()) return;
    if (this.isUp) await this.current.drain().catch(() => undefined);
    await this.current.close();
  }

  private async watch() {
    this.current = await this.connected;
    this.isConnected = true;
    for await (const status of this.current.status()) {
      if (status.type === Events.Disconnect) {
        this.isConnected = false;
        this.waiting.forEach((fail) => fail());
        this.waiting.clear();
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
