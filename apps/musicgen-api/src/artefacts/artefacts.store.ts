import { Injectable } from '@nestjs/common';
import { DataSource, Raw, type EntityManager } from 'typeorm';
import type { Owner } from '../generations/owner';
import type { StoredFile } from './artefact-files';
import { Artefact } from './artefact.entity';

type ArtefactName = Pick<Artefact, 'kind' | 'name' | 'format'>;

/** Artefacts in Postgres. Every question names the owner and the mode. */
@Injectable()
export class ArtefactsStore {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: EntityManager, { userId, mode }: Owner, generationId: string, files: StoredFile[]): Promise<void> {
    await tx.insert(
      Artefact,
      files.map((file) => ({ ...file, userId, mode, generationId })),
    );
  }

  find({ userId, mode }: Owner, generationId: string, which: ArtefactName): Promise<Artefact | null> {
    return this.dataSource.getRepository(Artefact).findOneBy({ ...which, userId, mode, generationId });
  }

  /** Whether a row names a file below a prefix. */
  existBelow({ userId, mode }: Owner, generationId: string, prefix: string): Promise<boolean> {
    return this.dataSource
      .getRepository(Artefact)
      .existsBy({ generationId, userId, mode, key: Raw((key) => `starts_with(${key}, :prefix)`, { prefix }) });
  }
}
