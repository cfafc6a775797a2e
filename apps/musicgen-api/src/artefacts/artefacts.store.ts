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

  /** False if it is there already, or its generation is not any more. */
  async insertIfNew({ userId, mode }: Owner, generationId: string, file: StoredFile): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO artefacts (generation_id, kind, name, format, user_id, mode, key, bytes, sha256, content_type)
       SELECT id, $4, $5, $6, user_id, mode, $7, $8, $9, $10 FROM generations
       WHERE id = $1 AND user_id = $2 AND mode = $3 AND status = 'succeeded' FOR SHARE
       ON CONFLICT DO NOTHING RETURNING 1`,
      [
        generationId,
        userId,
        mode,
        file.kind,
        file.name,
        file.format,
        file.key,
        file.bytes,
        file.sha256,
        file.contentType,
      ],
    );
    return rows.length > 0;
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
