import { ERRORS, type AppError } from '@musicgen/error-codes';
import { generationCanceled, generationFailed, generationSucceeded } from '@musicgen/platform-contracts';
import type { Settling, Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { attemptFolder, type Attempt, type StoredFile } from '../artefacts/artefact-files';
import { ArtefactsStore } from '../artefacts/artefacts.store';
import { QuotaStore } from '../quota/quota.store';
import { GenerationAnnouncements } from './generation-announcements';
import { GenerationEventsStore } from './generation-events.store';
import { endEvents } from './generation-progress';
import type { GenerationError } from './generation.entity';
import { GenerationsStore, type Made } from './generations.store';

/** How generations end: status, quota, files and event change together, and once, as no ending follows another. */
@Injectable()
export class GenerationEndings {
  constructor(
    private readonly store: GenerationsStore,
    private readonly quota: QuotaStore,
    private readonly artefacts: ArtefactsStore,
    private readonly events: GenerationEventsStore,
    private readonly announcements: GenerationAnnouncements,
  ) {}

  async succeed({ tx, emit }: Settling, owner: Owner, id: string, made: Made & { files: StoredFile[] }) {
    if (!(await this.store.succeed(tx, owner, id, made))) return;
    await this.artefacts.insert(tx, owner, id, made.files);
    await this.events.append(tx, owner, id, endEvents('succeeded'));
    await emit(generationSucceeded, eventOf(owner, id));
  }

  /** To be called after the commit. */
  announce(id: string): void {
    this.announcements.announce(id);
  }

  /** Whether the generation's files are those of this start. */
  hasDelivered(owner: Owner, attempt: Attempt): Promise<boolean> {
    return this.artefacts.existBelow(owner, attempt.generationId, attemptFolder(attempt));
  }

  async fail({ tx, emit }: Settling, owner: Owner, id: string, error: AppError): Promise<void> {
    const shown = publicErrorOf(error);
    if (!(await this.store.end(tx, owner, id, 'failed', shown))) return;
    await this.events.append(tx, owner, id, endEvents('failed', shown));
    await this.quota.release(tx, owner, id);
    await emit(generationFailed, { ...eventOf(owner, id), code: error.code });
  }

  async cancel({ tx, emit }: Settling, owner: Owner, id: string): Promise<void> {
    if (!(await this.store.end(tx, owner, id, 'canceled'))) return;
    await this.events.append(tx, owner, id, endEvents('canceled'));
    await this.quota.release(tx, owner, id);
    await emit(generationCanceled, eventOf(owner, id));
  }
}

const eventOf = (owner: Owner, id: string) => ({ generation_id: id, user_id: owner.userId, mode: owner.mode });

/** What went wrong inside stays inside: an INTERNAL_ERROR has the catalogue's sentence only. */
function publicErrorOf(error: AppError): GenerationError {
  const { message, retryable, solution } = ERRORS[error.code];
  return {
    code: error.code,
    message: error.code === 'INTERNAL_ERROR' ? message : error.details,
    retryable,
    suggestion: solution,
  };
}
