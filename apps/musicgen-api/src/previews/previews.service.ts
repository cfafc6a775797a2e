import { AppError } from '@musicgen/error-codes';
import type { findPreview, Principal, RequestOf, ResponseOf } from '@musicgen/platform-contracts';
import { requirePermission, ownerOf } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { pieceKey } from '../artefacts/artefact-files';
import { stateOf } from '../generations/generation-status';
import { GenerationsStore } from '../generations/generations.store';

/** Tells where the pieces of a preview lie, to those who may hear it. */
@Injectable()
export class PreviewsService {
  constructor(private readonly generations: GenerationsStore) {}

  async find(
    principal: Principal,
    { id, from }: RequestOf<typeof findPreview>,
  ): Promise<ResponseOf<typeof findPreview>> {
    requirePermission(principal, 'generate');
    const generation = await this.generations.find(ownerOf(principal), id);
    if (!generation) throw new AppError('NOT_FOUND');
    const { status, preview } = generation;
    const isOver = stateOf(status) === 'done';
    if (isOver && status !== 'succeeded') {
      throw new AppError('GENERATION_NOT_READY', { details: `The generation is ${status}` });
    }
    if (isOver && !preview?.isWhole) return withoutPreview(from);
    const { attempt, pieces } = preview ?? { attempt: 0, pieces: 0 };
    const indexes = Array.from({ length: Math.max(0, pieces - from) }, (_, i) => from + i);
    return { keys: indexes.map((index) => pieceKey({ generationId: id, attempt }, index)), is_complete: isOver };
  }
}

/** Whoever begins to listen hears the music itself; whoever is in the middle of the preview cannot go on. */
function withoutPreview(from: number): ResponseOf<typeof findPreview> {
  if (from > 0) throw new AppError('GONE', { details: 'The preview is over; the music itself is there' });
  return { keys: [], is_complete: true };
}
