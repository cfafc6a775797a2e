import { CONFIG, DatabaseLink, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ArtefactFiles } from '../artefacts/artefact-files';
import type { Config } from '../config';
import { GenerationsStore } from '../generations/generations.store';

/** Whoever listens when a generation succeeds hears the preview to its end. */
const heardWithinMs = 15 * 60_000;
const sweepEveryMs = 60_000;

/** Removes the previews of music that is there. The row tells of them until they are gone, so that none is forgotten. */
@Injectable()
export class OldPreviews implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.sweep(),
    sweepEveryMs,
    (err) => this.logger.warn({ err }, 'old previews could not be removed'),
  );

  constructor(
    private readonly store: GenerationsStore,
    private readonly files: ArtefactFiles,
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

  async sweep(): Promise<void> {
    for (const old of await this.store.listOldPreviews(heardWithinMs)) {
      await this.files.removePreview(old);
      await this.store.forgetPreview(old, old.generationId);
    }
  }
}
