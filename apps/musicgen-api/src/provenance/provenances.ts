import { Injectable } from '@nestjs/common';
import type { StoredFile } from '../artefacts/artefact-files';
import type { RenderResult } from '../engines/engine';
import type { Generation } from '../generations/generation.entity';
import { ModelsService } from '../models/models.service';
import { Sidecars } from './sidecars';
import { statementOf, withFile } from './statement';

/** Says of a piece where it comes from, over this service's signature. */
@Injectable()
export class Provenances {
  constructor(
    private readonly models: ModelsService,
    private readonly sidecars: Sidecars,
  ) {}

  async of(
    generation: Pick<Generation, 'id' | 'model' | 'prompt' | 'seed' | 'createdAt'>,
    result: Pick<RenderResult, 'engineVersion' | 'bankSha256'>,
    files: StoredFile[],
  ): Promise<string> {
    const source = await this.models.sourceOf(generation.model);
    return this.sidecars.sign(statementOf(generation, result, source, files));
  }

  /** Of a piece that has one more file now. */
  extended(signed: string, file: StoredFile): Promise<string> {
    return this.sidecars.sign(withFile(this.sidecars.open(signed).statement, file));
  }
}
