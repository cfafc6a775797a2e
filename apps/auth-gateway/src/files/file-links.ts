import type { Generation, Mode } from '@musicgen/platform-contracts';
import { CONFIG, KeyRing } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config';

const goodForMs = 3_600_000;
const context = 'file link';

type Artefact = Pick<Generation['artefacts'][number], 'kind' | 'name' | 'format'>;

/** One file of one owner: all that a link opens. */
export interface LinkedFile extends Artefact {
  userId: string;
  mode: Mode;
  generationId: string;
}

/** Links to single files, for whoever has them. They are sealed: nothing can be read out of one, and none can be made. */
@Injectable()
export class FileLinks {
  constructor(
    private readonly ring: KeyRing,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
  ) {}

  make(file: LinkedFile, now = Date.now()): string {
    const { userId, mode, generationId, kind, name, format } = file;
    const contents = [now + goodForMs, userId, mode, generationId, kind, name, format];
    return `${this.config.publicUrl}/v1/files/${this.ring.seal(JSON.stringify(contents), context).toString('base64url')}`;
  }

  /** Null for what this installation did not make, or not within the last hour. */
  open(token: string, now = Date.now()): LinkedFile | null {
    const sealed = Buffer.from(token, 'base64url');
    // A second spelling of a token is not the token.
    if (sealed.toString('base64url') !== token) return null;
    const contents = this.unseal(sealed);
    if (!contents) return null;
    const [goodUntil, userId, mode, generationId, kind, name, format] = contents;
    return now < goodUntil ? { userId, mode, generationId, kind, name, format } : null;
  }

  private unseal(sealed: Buffer) {
    try {
      const text = this.ring.open(sealed, context).toString('utf8');
      return JSON.parse(text) as [number, string, Mode, string, Artefact['kind'], string, Artefact['format']];
    } catch {
      return null;
    }
  }
}
