import { generationSucceeded } from '@musicgen/platform-contracts';
import { LOGGER, newId, Outbox, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ArtefactFiles, type StoredFile } from '../artefacts/artefact-files';
import { ArtefactsStore } from '../artefacts/artefacts.store';
import type { ModelDescription } from '../engines/engine';
import { GenerationAnnouncements } from '../generations/generation-announcements';
import { GenerationEventsStore } from '../generations/generation-events.store';
import { endEvents, statusEvent } from '../generations/generation-progress';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { Provenances } from '../provenance/provenances';
import { quotaExceeded } from '../quota/quota';
import { QuotaStore } from '../quota/quota.store';

type NewGeneration = Omit<Generation, 'artefacts'>;

/** What was made already for the same user is not made again: a new generation is given copies of its files. */
@Injectable()
export class Repeats {
  constructor(
    private readonly files: ArtefactFiles,
    private readonly store: GenerationsStore,
    private readonly artefacts: ArtefactsStore,
    private readonly events: GenerationEventsStore,
    private readonly quota: QuotaStore,
    private readonly provenances: Provenances,
    private readonly announcements: GenerationAnnouncements,
    private readonly outbox: Outbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** False, and nothing is stored, if there is nothing to repeat. */
  async answer(generation: NewGeneration, model: ModelDescription, limitPerDay: number): Promise<boolean> {
    if (!model.deterministic || generation.repeatKey === null) return false;
    const maker = { engineVersion: model.version, bankSha256: model.bankSha256 ?? null };
    const source = await this.store.findSame(generation, generation.repeatKey, maker);
    if (!source) return false;
    const folder = `copies/${newId('job')}`;
    const copies = await this.copy(source, generation, folder);
    if (!copies) return false;
    const isKept = await this.keep({ ...generation, ...outcomeOf(source) }, copies, limitPerDay).catch(
      async (error: unknown) => {
        await this.files.removeFolder(generation.id, folder);
        throw error;
      },
    );
    // The same request came twice at once, and the other was first.
    if (!isKept) await this.files.removeFolder(generation.id, folder);
    else this.announcements.announce(generation.id);
    return true;
  }

  /** Undefined if the files went meanwhile: then it is made anew. */
  private async copy(source: Generation, { id, request }: NewGeneration, folder: string) {
    // Formats that were made later were not asked for.
    const wanted = source.artefacts.filter(
      ({ kind, format }) => kind !== 'mix' || request.formats.some((one) => one === format),
    );
    try {
      return await this.files.copyInto(folder, id, wanted);
    } catch (error) {
      this.logger.warn({ err: error, generation_id: source.id }, 'a generation could not be repeated from its files');
      await this.files.removeFolder(id, folder);
      return undefined;
    }
  }

  /** False if the id is taken. */
  private async keep(generation: NewGeneration, files: StoredFile[], limitPerDay: number): Promise<boolean> {
    const { id, engineVersion, bankSha256, userId, mode, quotaDay, createdAt } = generation;
    const provenance = await this.provenances.of(generation, { engineVersion: engineVersion!, bankSha256 }, files);
    return this.outbox.transaction(async (tx, emit) => {
      const isLive = generation.quota === 'reserved';
      if (!(await this.store.insert(tx, { ...generation, provenance, quota: isLive ? 'spent' : 'none' }))) return false;
      if (isLive && !(await this.quota.reserve(tx, generation, quotaDay, limitPerDay))) {
        throw quotaExceeded(limitPerDay, createdAt);
      }
      await this.artefacts.insert(tx, generation, id, files);
      await this.events.append(tx, generation, id, [statusEvent('queued'), ...endEvents('succeeded')]);
      await emit(generationSucceeded, { generation_id: id, user_id: userId, mode });
      return true;
    });
  }
}

/** What is told of the earlier one is true of this one too. */
function outcomeOf({ interpretation, analysis, engineVersion, bankSha256, progress }: Generation) {
  const now = new Date();
  return {
    status: 'succeeded' as const,
    ...{ interpretation, analysis, engineVersion, bankSha256, progress },
    startedAt: now,
    finishedAt: now,
  };
}
