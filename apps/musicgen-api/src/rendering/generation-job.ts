import type { AppError } from '@musicgen/error-codes';
import { CONFIG, type Commit, type Job, type JobHandler, type JobOutcome, type Settling } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ArtefactFiles, type Attempt } from '../artefacts/artefact-files';
import { workDirOf, type Config } from '../config';
import { GenerationAdvances } from '../generations/generation-advances';
import { GenerationEndings } from '../generations/generation-endings';
import type { Generation } from '../generations/generation.entity';
import type { Made } from '../generations/generations.store';
import { Provenances } from '../provenance/provenances';
import { PreviewWriter } from '../previews/preview-writer';
import { ProgressWriter } from './progress-writer';
import { RenderPool } from './render-pool';
import { renderRequestOf } from './render-request';
import { inWorkFolder } from './work-folders';

/** A second, and what the model takes for a piece of this length; ten times that is too long. */
const limitMs = (durationSeconds: number, pace: number) => 10_000 * (1 + durationSeconds * pace);

const nothing: Commit = async () => undefined;

/** What a worker does with a generation: renders it, puts its files in their place, and settles it with its job. */
@Injectable()
export class GenerationJob implements JobHandler {
  constructor(
    private readonly advances: GenerationAdvances,
    private readonly endings: GenerationEndings,
    private readonly files: ArtefactFiles,
    private readonly pool: RenderPool,
    private readonly provenances: Provenances,
    @Inject(CONFIG) private readonly config: Pick<Config, 'storageDir' | 'workDir'>,
  ) {}

  async run(job: Job, signal: AbortSignal): Promise<Commit> {
    const attempt = attemptOf(job);
    const generation = await this.advances.begin(ownerOfJob(job), attempt);
    if (!generation) return nothing;
    try {
      const made = await inWorkFolder(workDirOf(this.config), async (folder) => {
        const rendered = await this.render(generation, { attempt, folder, signal });
        const files = await this.files.moveIn(folder, rendered.result.artefacts, attempt, signal);
        return { ...rendered, files, provenance: await this.provenances.of(generation, rendered.result, files) };
      });
      return (settling) => this.endings.succeed(settling, ownerOfJob(job), generation.id, made);
    } catch (error) {
      // Before the job is anybody else's: a parked one is started again under the same number.
      await this.files.removeAttempt(attempt);
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
    this.endings.announce(job.resourceId);
    if (outcome === 'succeeded' || outcome === 'parked') return;
    // A commit whose answer got lost looks like a lost job.
    if (outcome === 'lost' && (await this.endings.hasDelivered(ownerOfJob(job), attemptOf(job)))) return;
    await this.files.removeAttempt(attemptOf(job));
  }

  private async render(
    generation: Generation,
    { attempt, folder, signal }: { attempt: Attempt; folder: string; signal: AbortSignal },
  ): Promise<Omit<Made, 'provenance'>> {
    const { id, seed, request, duration, origin } = generation;
    const progress = new ProgressWriter((steps) => this.advances.advance(generation, id, steps));
    const preview = new PreviewWriter({
      put: ({ index, mp3 }) => this.files.putPiece(attempt, index, mp3),
      announce: (pieces) => this.advances.hear(generation, attempt, pieces),
    });
    try {
      const task = {
        request: renderRequestOf(id, seed, request, origin),
        folder,
        limitMs: limitMs(duration, await this.paceOf(request.model)),
        onProgress: progress.report.bind(progress),
        onPreview: preview.hear,
      };
      const result = await this.pool.render(task, signal);
      return { result, isPreviewWhole: await preview.finish() };
    } finally {
      await Promise.all([progress.close(), preview.stop()]);
    }
  }

  private async paceOf(model: string): Promise<number> {
    const description = (await this.pool.describe()).find(({ id }) => id === model);
    return description?.pace ?? 1;
  }
}

const ownerOfJob = ({ userId, mode }: Job) => ({ userId, mode });
const attemptOf = ({ resourceId, attempts }: Job) => ({ generationId: resourceId, attempt: attempts });
