import type { FileReference } from '@musicgen/platform-contracts';
import { LOGGER, Storage, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Artefact as EngineArtefact } from '../engines/engine';
import type { Artefact } from './artefact.entity';

const contentTypes: Record<EngineArtefact['format'], string> = {
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  mid: 'audio/midi',
  json: 'application/json',
};

/** A file in storage, as its row tells it. */
export type StoredFile = Pick<Artefact, 'kind' | 'name' | 'format' | 'key' | 'bytes' | 'sha256' | 'contentType'>;

/** One start of a generation's job. */
export interface Attempt {
  generationId: string;
  attempt: number;
}

/** One folder for each generation is in it. */
export const generationsFolder = 'generations/';

const folderOf = (generationId: string) => `${generationsFolder}${generationId}/`;

/** Where the files of one start lie. */
export const attemptFolder = ({ generationId, attempt }: Attempt) => `${folderOf(generationId)}${attempt}/`;

const previewFolder = (attempt: Attempt) => `${attemptFolder(attempt)}preview/`;

/** Where a piece of the preview of one start lies: below the start's files, to go with them if it fails. */
export const pieceKey = (attempt: Attempt, index: number): string => `${previewFolder(attempt)}${index}.mp3`;

/** The files of generations in storage: one folder for each, and in it one for each start of its job. */
@Injectable()
export class ArtefactFiles {
  constructor(
    private readonly storage: Storage,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Moves what an engine has written to where it stays. */
  async moveIn(
    folder: string,
    artefacts: EngineArtefact[],
    attempt: Attempt,
    signal: AbortSignal,
  ): Promise<StoredFile[]> {
    const stored: StoredFile[] = [];
    for (const artefact of artefacts) {
      stored.push(await this.move(attemptFolder(attempt), folder, artefact, signal));
    }
    return stored;
  }

  /** Moves a file that was made later into a folder of the generation's own. */
  moveInto(name: string, folder: string, generationId: string, artefact: EngineArtefact): Promise<StoredFile> {
    return this.move(`${folderOf(generationId)}${name}/`, folder, artefact);
  }

  /** Copies the files of another generation into a folder of this one's own. */
  async copyInto(name: string, generationId: string, files: StoredFile[]): Promise<StoredFile[]> {
    const folder = `${folderOf(generationId)}${name}/`;
    const copies: StoredFile[] = [];
    for (const { kind, name: part, format, key, bytes, sha256, contentType } of files) {
      const copy = `${folder}${path.posix.basename(key)}`;
      await this.storage.copy(key, copy);
      copies.push({ kind, name: part, format, key: copy, bytes, sha256, contentType });
    }
    return copies;
  }

  async removeFolder(generationId: string, name: string): Promise<void> {
    await this.remove(`${folderOf(generationId)}${name}/`);
  }

  async putPiece(attempt: Attempt, index: number, mp3: Uint8Array): Promise<void> {
    await this.storage.putStream(pieceKey(attempt, index), Readable.from([mp3]));
  }

  /** Throws, unlike the others: whoever removes previews comes again for what is left. */
  async removePreview(attempt: Attempt): Promise<void> {
    await this.storage.removeAll(previewFolder(attempt));
  }

  /** What a start that did not succeed left behind. */
  async removeAttempt(attempt: Attempt): Promise<void> {
    await this.remove(attemptFolder(attempt));
  }

  /** Throws, unlike {@link removeGeneration}: nothing of a deleted user may stay, so it is tried again. */
  async erase(generationId: string): Promise<void> {
    await this.storage.removeAll(folderOf(generationId));
  }

  async removeGeneration(generationId: string): Promise<void> {
    await this.remove(folderOf(generationId));
  }

  private async move(
    to: string,
    folder: string,
    { kind, name, format, file, bytes, sha256 }: EngineArtefact,
    signal?: AbortSignal,
  ): Promise<StoredFile> {
    const key = `${to}${file}`;
    await this.storage.moveIn(key, path.join(folder, file), signal);
    return { kind, name, format, key, bytes, sha256, contentType: contentTypes[format] };
  }

  /** The rows are right whatever happens here, so a file that cannot be removed is the operator's concern, not the user's. */
  private async remove(prefix: string): Promise<void> {
    try {
      await this.storage.removeAll(prefix);
    } catch (error) {
      this.logger.error({ err: error, prefix }, 'files could not be removed');
    }
  }
}

type Titled = { title: string | null; prompt: string; id: string };

/** What everything of a piece is called by. */
export const baseName = ({ title, prompt, id }: Titled): string => slugOf(title ?? prompt) || id;

/** What a file is called on the user's disk. */
export function fileName(piece: Titled, { kind, name, format }: Pick<Artefact, 'kind' | 'name' | 'format'>): string {
  const slug = baseName(piece);
  const part = kind === 'stem' ? `-${slugOf(name)}` : kind === 'waveform' ? '-waveform' : '';
  return `${slug}${part}.${format}`;
}

/** Two stems whose names differ in their signs only would be one file. */
export function namedApart<T extends { filename: string }>(files: T[]): T[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const { name, ext } = path.parse(file.filename);
    let filename = file.filename;
    for (let number = 2; taken.has(filename); number += 1) filename = `${name}-${number}${ext}`;
    taken.add(filename);
    return { ...file, filename };
  });
}

const slugOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');

export const fileReferenceOf = (artefact: Artefact, generation: Titled): FileReference => ({
  key: artefact.key,
  bytes: artefact.bytes,
  sha256: artefact.sha256,
  content_type: artefact.contentType,
  filename: fileName(generation, artefact),
});
