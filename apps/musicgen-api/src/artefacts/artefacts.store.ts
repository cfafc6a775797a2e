import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, Raw, type EntityManager } from 'typeorm';
import type { StoredFile } from './artefact-files';
import { Generation } from '../generations/generation.entity';
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

  /** With what is then said of all files together. False if it is there already, or its generation is not any more. */
  insertIfNew(
    owner: Owner,
    generationId: string,
    file: StoredFile,
    extend: (provenance: string) => Promise<string>,
  ): Promise<boolean> {
    const { userId, mode } = owner;
    return this.dataSource.transaction(async (tx) => {
      // Locked, so that of two files that are added at once both are in the last word.
      const [generation]: { provenance: string | null }[] = await tx.query(
        `SELECT provenance FROM generations
         WHERE id = $1 AND user_id = $2 AND mode = $3 AND status = 'succeeded' FOR UPDATE`,
        [generationId, userId, mode],
      );
      const { kind, name, format } = file;
      if (!generation || (await tx.existsBy(Artefact, { generationId, userId, mode, kind, name, format })))
        return false;
      await this.insert(tx, owner, generationId, [file]);
      if (generation.provenance === null) return true;
      const provenance = await extend(generation.provenance);
      await tx.update(Generation, { id: generationId, userId, mode }, { provenance });
      return true;
    });
  }

  find({ userId, mode }: Owner, generationId: string, which: ArtefactName): Promise<Artefact | null> {
    return this.dataSource.getRepository(Artefact).findOneBy({ ...which, userId, mode, generationId });
  }

  /** In an order that stays. */
  list({ userId, mode }: Owner, generationId: string): Promise<Artefact[]> {
    return this.dataSource.getRepository(Artefact).find({
      where: { userId, mode, generationId },
      order: { kind: 'ASC', name: 'ASC', format: 'ASC' },
    });
  }

  /** Whether a row names a file below a prefix. */
  existBelow({ userId, mode }: Owner, generationId: string, prefix: string): Promise<boolean> {
    return this.dataSource
      .getRepository(Artefact)
      .existsBy({ generationId, userId, mode, key: Raw((key) => `starts_with(${key}, :prefix)`, { prefix }) });
  }
}
