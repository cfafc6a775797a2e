import { CONFIG, DatabaseLink, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ArtefactFiles } from '../artefacts/artefact-files';
import type { Config } from '../config';
import { Orphans } from './orphans';
import { RetentionStore } from './retention.store';

const dayMs = 86_400_000;
const sweepEveryMs = 3_600_000;
/** To list a whole storage takes time: once a day. */
const sweepsPerDay = dayMs / sweepEveryMs;
/** So long an admin may want to know how a job ended. */
const jobsKeptMs = 7 * dayMs;
/** The stream keeps an event for seven days, and could deliver it until then. */
const seenEventsKeptMs = 8 * dayMs;

/** Removes what is past its time: audio when its tier says so, and what only served to make it. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(() => this.sweep(), sweepEveryMs);
  private sweeps = 0;

  constructor(
    private readonly store: RetentionStore,
    private readonly files: ArtefactFiles,
    private readonly orphans: Orphans,
    private readonly database: DatabaseLink,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<Config, 'role'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'api') void this.database.connected().then(() => this.pump.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
  }

  /** One that fails is tried again an hour later, and stops none of the others. */
  async sweep(): Promise<void> {
    const isDaily = this.sweeps++ % sweepsPerDay === 0;
    const parts = [
      () => this.expire(),
      () => this.store.purgeJobs(jobsKeptMs),
      () => this.store.purgeSeenEvents(seenEventsKeptMs),
      () => this.orphans.sweepIncoming(),
      ...(isDaily ? [() => this.orphans.sweep()] : []),
    ];
    for (const part of parts) {
      await part().catch((err: unknown) => this.logger.warn({ err }, 'what is past its time could not all be removed'));
    }
  }

  private async expire(): Promise<void> {
    for (let ids = await this.store.expire(); ids.length > 0; ids = await this.store.expire()) {
      for (const id of ids) await this.files.removeGeneration(id);
    }
  }
}
