import type { Generation } from '@musicgen/platform-contracts';

type Artefact = Generation['artefacts'][number];

const paths: Record<Artefact['kind'], (artefact: Artefact) => string> = {
  mix: ({ format }) => `audio?format=${format}`,
  stem: ({ name }) => `stems/${encodeURIComponent(name)}`,
  midi: () => 'midi',
  waveform: () => 'waveform',
};

/** A generation with the address of each of its files. */
export const withUrls = (generation: Generation, publicUrl: string) => ({
  ...generation,
  artefacts: generation.artefacts.map((artefact) => ({
    ...artefact,
    url: `${publicUrl}/v1/generate/${generation.id}/${paths[artefact.kind](artefact)}`,
  })),
});
