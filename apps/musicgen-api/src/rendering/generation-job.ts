import type { AppError } from '@musicgen/error-codes';
import { CONFIG, type Commit, type Job, type JobHandler, type JobOutcome, type Settling } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ArtefactFiles } from '../artefacts/artefact-files';
import type { Config } from '../config';
import type { RenderResult } from '../engines/engine';
import { GenerationEndings } from '../generations/generation-endings';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { ProgressWriter } from './progress-writer';
import { RenderPool } from './render-pool';
import { renderRequestOf } from './render-request';
import { inWorkFolder } from './work-folders';

/** A render is expected to take a second, and a tenth of the piece's length; ten times that is too long. */
const limitMs = (durationSeconds: number) => 10 * (1_000 + durationSeconds * 100);

const nothing: Commit = async () => undefined;

/** What a worker does with a generation: renders it, puts its files in their place, and settles it with its job. */
@Injectable()
export class GenerationJob implements JobHandler {
  constructor(
    private readonly store: GenerationsStore,
    private readonly endings: GenerationEndings,
    private readonly files: ArtefactFiles,
    private readonly pool: RenderPool,
    @Inject(CONFIG) private readonly config: Pick<Config, 'workDir'>,
  ) {}

  async run(job: Job, signal: AbortSignal): Promise<Commit> {
    const generation = await this.store.begin(ownerOfJob(job), job.resourceId);
    if (!generation) return nothing;
    try {
      const made = await inWorkFolder(this.config.workDir, async (folder) => {
        const result = await this.render(generation, folder, signal);
        return { result, files: await this.files.moveIn(folder, result.artefacts, attemptOf(job), signal) };
      });
      return (settling) => this.endings.succeed(settling, ownerOfJob(job), generation.id, made);
    } catch (error) {
      // Before the job is anybody else's: a parked one is started again under the same number.
      await this.files.removeAttempt(attemptOf(job));
      throw error;
    }
  }

  failed(job: Job, error: AppError, settling: Settling): Promise<void> {
    return this.endings.fail(settling, ownerOfJob(job), job.resourceId, error);
  }

  canceled(job: Job, settling: Settling): Promise<void> {
    return this.endings.cancel(settling, ownerOfJob(job), job.resourceId);
  }

  async ended(job: Job, outcome: JobOutcome): Promise<void> {
    if (outcome === 'succeeded' || outcome === 'parked') return;
    // A commit whose answer got lost looks like a lost job.
    if (outcome === 'lost' && (await this.endings.hasDelivered(ownerOfJob(job), attemptOf(job)))) return;
    await this.files.removeAttempt(attemptOf(job));
  }

  private async render(generation: Generation, folder: string, signal: AbortSignal): Promise<RenderResult> {
    const { id, seed, request, duration } = generation;
    const progress = new ProgressWriter((stage, row) => this.store.advance(generation, id, stage, row));
    try {
      const task = {
        request: renderRequestOf(id, seed, request),
        folder,
        limitMs: limitMs(duration),
        onProgress: progress.report.bind(progress),
      };
      return await this.pool.render(task, signal);
    } finally {
      await progress.close();
    }
  }
}

const ownerOfJob = ({ userId, mode }: Job) => ({ userId, mode });
const attemptOf = ({ resourceId, attempts }: Job) => ({ generationId: resourceId, attempt: attempts });
