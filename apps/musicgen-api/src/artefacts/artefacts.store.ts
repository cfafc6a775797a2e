import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Owner } from '../generations/owner';
import type { StoredFile } from './artefact-files';
import { Artefact } from './artefact.entity';

type ArtefactName = Pick<Artefact, 'kind' | 'name' | 'format'>;

/** Artefacts in Postgres. Every question names the owner and the mode. */
@Injectable()
export class ArtefactsStore {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: EntityManager, owner: Owner, generationId: string, files: StoredFile[]): Promise<void> {
    await tx.insert(
      Artefact,
      files.map((file) => ({ ...file, ...owner, generationId })),
    );
  }

  find(owner: Owner, generationId: string, which: ArtefactName): Promise<Artefact | null> {
    return this.dataSource.getRepository(Artefact).findOneBy({ ...which, ...owner, generationId });
  }
}
