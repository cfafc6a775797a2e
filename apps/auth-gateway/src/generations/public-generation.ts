import type { Generation } from '@musicgen/platform-contracts';
import type { LinkedFile } from '../files/file-links';

type Owner = Pick<LinkedFile, 'userId' | 'mode'>;

/** A generation with a link to each of its files. */
export const withUrls = (generation: Generation, owner: Owner, linkOf: (file: LinkedFile) => string) => ({
  ...generation,
  artefacts: generation.artefacts.map((artefact) => ({
    ...artefact,
    url: linkOf({ ...artefact, ...owner, generationId: generation.id }),
  })),
});
