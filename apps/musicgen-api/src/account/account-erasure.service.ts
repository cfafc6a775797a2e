import { AppError, type ErrorCode } from '@musicgen/error-codes';
import { modes } from '@musicgen/platform-contracts';
import { UserDeletions, type Owner } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ArtefactFiles } from '../artefacts/artefact-files';
import { GenerationCancellations } from '../generations/generation-cancellations';
import { GenerationsStore } from '../generations/generations.store';
import { AccountStore } from './account.store';

const atOnce = 100;

/** A deleted user's music goes with all that tells of it: jobs are cancelled, files, rows and quota removed. */
@Injectable()
export class AccountErasure implements OnApplicationBootstrap {
  constructor(
    private readonly deletions: UserDeletions,
    private readonly generations: GenerationsStore,
    private readonly cancellations: GenerationCancellations,
    private readonly files: ArtefactFiles,
    private readonly store: AccountStore,
  ) {}

  onApplicationBootstrap(): void {
    this.deletions.start((userId) => this.erase(userId));
  }

  async erase(userId: string): Promise<void> {
    for (const mode of modes) {
      const owner = { userId, mode };
      for (;;) {
        const found = await this.generations.list(owner, { limit: atOnce });
        if (found.length === 0) break;
        for (const { id } of found) await this.eraseOne(owner, id);
      }
    }
    await this.store.erase(userId);
  }

  /** The row goes last: while there is one, the files are found again after a crash. */
  private async eraseOne(owner: Owner, id: string): Promise<void> {
    await this.cancellations.cancel(owner, id).catch(unless('NOT_FOUND', 'GENERATION_FINISHED'));
    await this.files.erase(id);
    await this.cancellations.delete(owner, id).catch(unless('NOT_FOUND'));
  }
}

const unless =
  (...codes: ErrorCode[]) =>
  (error: unknown): void => {
    if (!(error instanceof AppError && codes.includes(error.code))) throw error;
  };
