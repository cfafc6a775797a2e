import { LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { GenerationsStore } from '../generations/generations.store';
import { PreviewFiles } from './preview-files';

/** Whoever listens when a generation succeeds hears the preview to its end. */
const heardWithinMs = 15 * 60_000;
const sweepEveryMs = 60_000;

/** Removes the previews of music that is there. The row tells of them until they are gone, so that none is forgotten. */
@Injectable()
export class OldPreviews {
  private timer?: NodeJS.Timeout;
  private sweeping = Promise.resolve();

  constructor(
    private readonly store: GenerationsStore,
    private readonly files: PreviewFiles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => (this.sweeping = this.sweep().catch((err) => this.failed(err))), sweepEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  async sweep(): Promise<void> {
    for (const old of await this.store.listOldPreviews(heardWithinMs)) {
      await this.files.remove(old);
      await this.store.forgetPreview(old, old.generationId);
    }
  }

  private failed(err: unknown): void {
    this.logger.warn({ err }, 'old previews could not be removed');
  }
}
