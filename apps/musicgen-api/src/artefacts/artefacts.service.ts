import { AppError } from '@musicgen/error-codes';
import type {
  FileReference,
  findArtefact,
  GenerationStatus,
  listArtefacts,
  Principal,
  Provenance,
  RequestOf,
  ResponseOf,
} from '@musicgen/platform-contracts';
import { requirePermission, ownerOf } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { AudioFormat } from '../engines/engine';
import type { Generation } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { Sidecars } from '../provenance/sidecars';
import type { Artefact } from './artefact.entity';
import { baseName, fileReferenceOf, namedApart } from './artefact-files';
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
    private readonly sidecars: Sidecars,
  ) {}

  async find(principal: Principal, wanted: Wanted): Promise<FileReference> {
    const generation = await this.readable(principal, wanted.id);
    const owner = ownerOf(principal);
    const which = nameOf(wanted, generation);
    const artefact =
      (await this.artefacts.find(owner, generation.id, which)) ??
      (isMix(which) ? await this.formats.make(owner, generation.id, which.format) : null);
    if (!artefact) throw new AppError('NOT_FOUND', { details: whyMissing(which, generation) });
    return fileReferenceOf(artefact, generation);
  }

  /** All files, named so that they can lie in one folder. */
  async list(principal: Principal, id: string): Promise<ResponseOf<typeof listArtefacts>> {
    const generation = await this.readable(principal, id);
    const artefacts = await this.artefacts.list(ownerOf(principal), id);
    return {
      name: baseName(generation),
      created_at: generation.createdAt.toISOString(),
      files: namedApart(artefacts.map((artefact) => fileReferenceOf(artefact, generation))),
      provenance: this.sidecarOf(generation),
    };
  }

  /** Of files that have expired too. */
  async provenance(principal: Principal, id: string): Promise<Provenance> {
    return this.sidecarOf(await this.readable(principal, id, ['succeeded', 'expired']));
  }

  private async readable(principal: Principal, id: string, wanted: GenerationStatus[] = ['succeeded']) {
    requirePermission(principal, 'generate');
    const generation = await this.generations.find(ownerOf(principal), id);
    if (!generation) throw new AppError('NOT_FOUND');
    const { status } = generation;
    if (wanted.includes(status)) return generation;
    if (status === 'expired') throw new AppError('GONE');
    throw new AppError('GENERATION_NOT_READY', { details: `The generation is ${status}` });
  }

  private sidecarOf({ provenance }: Generation): Provenance {
    if (provenance === null) throw new AppError('NOT_FOUND', { details: 'It was made before provenance was kept' });
    return this.sidecars.open(provenance);
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
