import { Storage } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { generationsFolder, pieceKey } from '../artefacts/artefact-files';
import { RetentionStore, type Holding } from './retention.store';

/** What is younger may be in somebody's hands: a file that was moved in is told of a moment later. */
const inHandMs = 3_600_000;
const batchSize = 100;

/** Removes files that no row tells of: what a crash left between a file and its row, or between a row and its file. */
@Injectable()
export class Orphans {
  constructor(
    private readonly storage: Storage,
    private readonly store: RetentionStore,
  ) {}

  async sweep(): Promise<void> {
    let ids: string[] = [];
    for await (const id of this.storage.folders(generationsFolder)) {
      ids.push(id);
      if (ids.length < batchSize) continue;
      await this.sweepSome(ids);
      ids = [];
    }
    await this.sweepSome(ids);
  }

  /** Uploads that no service has taken. */
  async sweepIncoming(): Promise<void> {
    await this.removeOld('incoming/', () => false);
  }

  private async sweepSome(ids: string[]): Promise<void> {
    const holdings = new Map((await this.store.listHoldings(ids, inHandMs)).map((holding) => [holding.id, holding]));
    for (const id of ids) {
      const holding = holdings.get(id);
      // A start that is running writes here.
      if (holding && !holding.isSettled) continue;
      await this.removeOld(`${generationsFolder}${id}/`, holdsIn(holding));
    }
  }

  private async removeOld(prefix: string, isHeld: (key: string) => boolean): Promise<void> {
    for await (const { key, modifiedAt } of this.storage.files(prefix)) {
      const isOld = Date.now() - modifiedAt.getTime() > inHandMs;
      if (isOld && !isHeld(key)) await this.storage.removeAll(key);
    }
  }
}

function holdsIn(holding: Holding | undefined): (key: string) => boolean {
  if (!holding) return () => false;
  const { id, previewAttempt } = holding;
  const keys = new Set(holding.keys);
  const preview = previewAttempt === null ? null : pieceKey({ generationId: id, attempt: previewAttempt }, 0);
  const previewFolder = preview?.slice(0, preview.lastIndexOf('/') + 1);
  return (key) => keys.has(key) || (previewFolder !== undefined && key.startsWith(previewFolder));
}
