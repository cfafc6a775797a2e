import { CONFIG, newId, Storage, type Owner } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { workDirOf, type Config } from '../config';
import type { AudioFormat } from '../engines/engine';
import { Provenances } from '../provenance/provenances';
import { Transcoder } from '../rendering/transcoder';
import { inWorkFolder } from '../rendering/work-folders';
import { ArtefactFiles } from './artefact-files';
import type { Artefact } from './artefact.entity';
import { ArtefactsStore } from './artefacts.store';

/** Makes the mix in a format that was not asked for at first, once, and keeps it. */
@Injectable()
export class FormatsOnDemand {
  /** By generation and format: whoever asks meanwhile waits for the same file. */
  private readonly making = new Map<string, Promise<Artefact | null>>();

  constructor(
    private readonly artefacts: ArtefactsStore,
    private readonly files: ArtefactFiles,
    private readonly storage: Storage,
    private readonly transcoder: Transcoder,
    private readonly provenances: Provenances,
    @Inject(CONFIG) private readonly config: Pick<Config, 'storageDir' | 'workDir'>,
  ) {}

  /** Null without a master, or when the generation was deleted meanwhile. */
  async make(owner: Owner, generationId: string, format: AudioFormat): Promise<Artefact | null> {
    const name = `${generationId}.${format}`;
    let made = this.making.get(name);
    if (!made) {
      made = this.makeOnce(owner, generationId, format).finally(() => this.making.delete(name));
      this.making.set(name, made);
    }
    return made;
  }

  private async makeOnce(owner: Owner, generationId: string, format: AudioFormat): Promise<Artefact | null> {
    const which = { kind: 'mix', name: 'mix' } as const;
    const master = await this.artefacts.find(owner, generationId, { ...which, format: 'wav' });
    if (!master) return null;
    const folder = `formats/${newId('job')}`;
    const stored = await inWorkFolder(workDirOf(this.config), async (work) => {
      const wav = path.join(work, 'master.wav');
      await pipeline(this.storage.read(master.key), fs.createWriteStream(wav));
      const file = await this.transcoder.transcode({ master: wav, path: path.join(work, `mix.${format}`), format });
      return this.files.moveInto(folder, work, generationId, file);
    });
    // Another replica may have made it too, or the generation is gone: then this file is nobody's.
    const isKept = await this.artefacts
      .insertIfNew(owner, generationId, stored, (signed) => this.provenances.extended(signed, stored))
      .catch(async (error: unknown) => {
        await this.files.removeFolder(generationId, folder);
        throw error;
      });
    if (!isKept) await this.files.removeFolder(generationId, folder);
    return this.artefacts.find(owner, generationId, { ...which, format });
  }
}
