import { LOGGER, asAppError, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../clock';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { trialEveryMs } from '../grants/refresh-breakers.store';
import { hourMs, pauseSeconds } from './schedule';
import { ValidationService } from './validation.service';
import { ValidationStore } from './validation.store';

const lookEveryMs = 5_000;
const withinMs = 25_000;
/** Longer than a check may take: whoever is killed with one does not keep it. */
const leaseMs = 5 * 60_000;
const checksPerMinute = 30;

/** Checks every active credential once a day, one at a time on each replica, and no platform faster than is good for it. */
@Injectable()
export class DailyValidation implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly pump = new Pump(() => this.checkOne(), lookEveryMs);

  constructor(
    private readonly store: ValidationStore,
    private readonly validation: ValidationService,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.pump.start();
  }

  /** A check in hand is given back: another replica, or the next start, does it. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.pump.stop();
  }

  /** True when there may be more. */
  async checkOne(): Promise<boolean> {
    const credential = await this.store.claim(this.clock.now(), leaseMs, everyMs).catch((error: unknown) => {
      if (asAppError(error).code !== 'SERVICE_UNAVAILABLE')
        this.logger.error({ err: error }, 'no check could be claimed');
      return null;
    });
    if (!credential) return false;
    try {
      await this.check(credential);
    } catch (error) {
      this.logger.warn({ err: error, credential_id: credential.id }, 'a credential could not be checked');
      await this.store.schedule(credential, this.after(hourMs)).catch(() => undefined);
    }
    return true;
  }

  private async check(credential: Credential): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(withinMs)]);
    const { parts, verdict } = await this.validation.checkStored(credential, { deep: false, signal });
    if (!verdict) return this.store.schedule(credential, this.clock.now());
    if (verdict.doubt) {
      const { id: credential_id, platform } = credential;
      this.logger.info({ credential_id, platform, doubt: verdict.doubt }, 'a refusal is not believed yet');
    }
    const pauseMs = Math.max(pauseSeconds(parts) * 1000, verdict.doubt === 'storm' ? trialEveryMs : 0);
    if (pauseMs > 0) await this.store.pause(credential.platform, credential.mode, this.after(pauseMs));
  }

  private after(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

const everyMs = (platform: string) => 60_000 / (definitionOf(platform).checksPerMinute ?? checksPerMinute);
