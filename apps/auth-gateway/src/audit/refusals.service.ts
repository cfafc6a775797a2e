import { AppError, type ErrorCode } from '@musicgen/error-codes';
import type { SecurityAction } from '@musicgen/platform-contracts';
import { LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { knownAddressGroup } from '../rate-limits/address-groups';
import { AuditStore } from './audit.store';
import { RefusalCounts } from './refusal-counts';

const storeEveryMs = 5_000;

/** Something was presented that is not, or no longer, good here. A token past its hour is no sign of anything. */
const suspicious: readonly ErrorCode[] = [
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'IP_NOT_ALLOWED',
  'INVALID_TOKEN',
  'INVALID_REFRESH_TOKEN',
];
const guessed: readonly ErrorCode[] = ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'CONFLICT'];

/** Puts refusals on record: off the way of those who are refused, every few seconds and when the last request is answered. */
@Injectable()
export class Refusals implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly counts = new RefusalCounts();
  private readonly storing = new Pump(() => this.store(), storeEveryMs);

  constructor(
    private readonly rows: AuditStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.rows.connected().then(() => this.storing.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.storing.stop();
  }

  storeAtEnd(fastify: FastifyInstance): void {
    fastify.addHook('onClose', () => this.store());
  }

  /** A password, or whether an address is taken, was guessed at. */
  guess(action: SecurityAction, error: unknown, address: string, email: string): void {
    if (!(error instanceof AppError) || !guessed.includes(error.code)) return;
    this.counts.add({ action, outcome: error.code, group: knownAddressGroup(address), email }, Date.now());
  }

  /** Any request that ends with an error. */
  request({ code }: AppError, address: string): void {
    if (!suspicious.includes(code)) return;
    this.counts.add({ action: 'authentication', outcome: code, group: knownAddressGroup(address) }, Date.now());
  }

  private async store(): Promise<void> {
    const taken = this.counts.take();
    if (taken.length === 0) return;
    try {
      await this.rows.addRefusals(taken);
    } catch (error) {
      this.counts.giveBack(taken);
      this.logger.warn({ err: error }, 'refusals wait to be put on record');
    }
  }
}
