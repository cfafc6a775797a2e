import { AppError } from '@musicgen/error-codes';
import type { FileReference, findArtefact, Principal, RequestOf } from '@musicgen/platform-contracts';
import { requirePermission } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { AudioFormat } from '../engines/engine';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { ownerOf } from '../generations/owner';
import type { Artefact } from './artefact.entity';
import { fileReferenceOf } from './artefact-files';
import { FormatsOnDemand } from './formats-on-demand';
import { ArtefactsStore } from './artefacts.store';

type Wanted = RequestOf<typeof findArtefact>;

/** Tells where a file of a generation lies, to those who may have it. */
@Injectable()
export class ArtefactsService {
  constructor(
    private readonly generations: GenerationsStore,
    private readonly artefacts: ArtefactsStore,
    private readonly formats: FormatsOnDemand,
  ) {}

  async find(principal: Principal, wanted: Wanted): Promise<FileReference> {
    requirePermission(principal, 'generate');
    const owner = ownerOf(principal);
    const generation = await this.generations.find(owner, wanted.id);
    if (!generation) throw new AppError('NOT_FOUND');
    if (generation.status === 'expired') throw new AppError('GONE');
    if (generation.status !== 'succeeded') {
      throw new AppError('GENERATION_NOT_READY', { details: `The generation is ${generation.status}` });
    }
    const which = nameOf(wanted, generation);
    const artefact =
      (await this.artefacts.find(owner, generation.id, which)) ??
      (isMix(which) ? await this.formats.make(owner, generation.id, which.format) : null);
    if (!artefact) throw new AppError('NOT_FOUND', { details: whyMissing(which, generation) });
    return fileReferenceOf(artefact, generation);
  }
}

function nameOf({ kind, name, format }: Wanted, { request }: Generation): Pick<Artefact, 'kind' | 'name' | 'format'> {
  switch (kind) {
    case 'mix':
      return { kind, name: 'mix', format: format ?? request.formats[0]! };
    case 'stem':
      return { kind, name: name ?? '', format: format ?? 'wav' };
    case 'midi':
      return { kind, name: 'score', format: 'mid' };
    case 'waveform':
      return { kind, name: 'waveform', format: 'json' };
  }
}

const isMix = (which: ReturnType<typeof nameOf>): which is { kind: 'mix'; name: string; format: AudioFormat } =>
  which.kind === 'mix';

function whyMissing({ kind, name, format }: ReturnType<typeof nameOf>, { request }: Generation): string {
  if (kind === 'mix') return `It was made as ${request.formats.join(', ')}, not as ${format}`;
  if (kind === 'midi') return 'It was asked for without "midi"';
  if (kind === 'stem')
    return request.stems ? `It has no stem "${name}" as ${format}` : 'It was asked for without "stems"';
  return 'It has no waveform';
}
