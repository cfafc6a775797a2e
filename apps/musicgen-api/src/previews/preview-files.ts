import { Storage } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { attemptFolder, type Attempt } from '../artefacts/artefact-files';

const folderOf = (attempt: Attempt) => `${attemptFolder(attempt)}preview/`;

export const pieceKey = (attempt: Attempt, index: number): string => `${folderOf(attempt)}${index}.mp3`;

/** The pieces of previews in storage, in the folder of the start that makes them: they go with it if it fails. */
@Injectable()
export class PreviewFiles {
  constructor(private readonly storage: Storage) {}

  async put(attempt: Attempt, index: number, mp3: Uint8Array): Promise<void> {
    await this.storage.putStream(pieceKey(attempt, index), Readable.from([mp3]));
  }

  async remove(attempt: Attempt): Promise<void> {
    await this.storage.removeAll(folderOf(attempt));
  }
}
