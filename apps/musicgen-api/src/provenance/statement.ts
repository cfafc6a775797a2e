import type { ProvenanceStatement } from '@musicgen/platform-contracts';
import { createHash } from 'node:crypto';
import type { StoredFile } from '../artefacts/artefact-files';
import type { DigitalSourceType } from '../audio/tags';
import type { Generation } from '../generations/generation.entity';

type Piece = Pick<Generation, 'id' | 'model' | 'prompt' | 'seed' | 'createdAt'>;
type Making = { engineVersion: string; bankSha256: string | null };

const termOf = (source: DigitalSourceType) => `http://cv.iptc.org/newscodes/digitalsourcetype/${source}`;

/** What is said of a piece and its files. */
export const statementOf = (
  { id, model, prompt, seed, createdAt }: Piece,
  { engineVersion, bankSha256 }: Making,
  source: DigitalSourceType,
  files: readonly StoredFile[],
): ProvenanceStatement => ({
  generation_id: id,
  model,
  engine_version: engineVersion,
  bank_sha256: bankSha256,
  prompt_sha256: createHash('sha256').update(prompt, 'utf8').digest('hex'),
  seed,
  digital_source_type: termOf(source),
  created_at: createdAt.toISOString(),
  files: files.map(fileOf),
});

/** The same piece with one more file. */
export const withFile = (statement: ProvenanceStatement, file: StoredFile): ProvenanceStatement => ({
  ...statement,
  files: [...statement.files, fileOf(file)],
});

const fileOf = ({ name, kind, format, bytes, sha256 }: StoredFile) => ({ name, kind, format, bytes, sha256 });
