import { AppError } from '@musicgen/error-codes';
import { JobQueue, Outbox, type Settling, type Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { ArtefactFiles } from '../artefacts/artefact-files';
import { GenerationEndings } from './generation-endings';
import { GenerationsStore } from './generations.store';

/** The id of a job that a worker must be told to stop. */
type Running = string | undefined;

/**
 * Stops generations wherever they are: a queued one ends here, a running one where it runs. The job is always changed
 * before the generation, here as in the queue, so that two who do it at once wait for each other and never both.
 */
@Injectable()
export class GenerationCancellations {
  constructor(
    private readonly outbox: Outbox,
    private readonly queue: JobQueue,
    private readonly store: GenerationsStore,
    private readonly endings: GenerationEndings,
    private readonly files: ArtefactFiles,
  ) {}

  async cancel(owner: Owner, id: string): Promise<void> {
    await this.orNotFound(owner, id);
    const running = await this.outbox.transaction(async (tx, emit) => {
      const job = await this.queue.cancel(tx, id);
      if (!job) throw new AppError('GENERATION_FINISHED');
      return this.endUnlessRunning({ tx, emit }, owner, id, job);
    });
    this.tell(id, running);
  }

  /** What is unfinished is cancelled first. A worker that runs it finds no row to deliver to. */
  async delete(owner: Owner, id: string): Promise<void> {
    await this.orNotFound(owner, id);
    const running = await this.outbox.transaction(async (tx, emit) => {
      const job = await this.queue.cancel(tx, id);
      if (job) await this.endings.cancel({ tx, emit }, owner, id);
      if (!(await this.store.delete(tx, owner, id))) throw new AppError('NOT_FOUND');
      return job?.was === 'running' ? job.id : undefined;
    });
    this.tell(id, running);
    await this.files.removeGeneration(id);
  }

  async cancelQueuedOfKey(owner: Owner, keyId: string): Promise<void> {
    await this.cancelAll(owner, await this.store.listQueuedOfKey(owner, keyId));
  }

  async cancelQueuedOfSession(owner: Owner, sessionId: string): Promise<void> {
    await this.cancelAll(owner, await this.store.listQueuedOfSession(owner, sessionId));
  }

  /** Those that had begun meanwhile are stopped too. */
  private async cancelAll(owner: Owner, ids: string[]): Promise<void> {
    for (const id of ids) {
      const running = await this.outbox.transaction(async (tx, emit) => {
        const job = await this.queue.cancel(tx, id);
        return job ? this.endUnlessRunning({ tx, emit }, owner, id, job) : undefined;
      });
      this.tell(id, running);
    }
  }

  private async endUnlessRunning(
    settling: Settling,
    owner: Owner,
    id: string,
    job: { id: string; was: 'queued' | 'running' },
  ): Promise<Running> {
    if (job.was === 'running') return job.id;
    await this.endings.cancel(settling, owner, id);
    return undefined;
  }

  /** The worker, and those who follow the generation. */
  private tell(id: string, running: Running): void {
    this.endings.announce(id);
    if (running) this.queue.announce(running, 'cancel_requested');
  }

  private async orNotFound(owner: Owner, id: string): Promise<void> {
    if (!(await this.store.find(owner, id))) throw new AppError('NOT_FOUND');
  }
}
