import { createHash } from 'node:crypto';
import type { RenderRequest } from '../engine';
import { compose } from './compose';
import { makeRequest } from './fixture-requests';
import { scoreToMidi } from './midi';
import { ENGINE_VERSION } from './version';

/** Requests of all kinds, by name. */
const REQUESTS: Record<string, Partial<RenderRequest>> = {
  'a prompt': { prompt: 'Upbeat jazz with saxophone', seed: 7 },
  'tempo and key': { prompt: 'Driving techno at 132 bpm in F minor', seed: 42 },
  'a waltz with line-up': { prompt: 'String quartet waltz in D major', seed: 3, duration: 45 },
  'a loop': { prompt: 'lo-fi beats', seed: 11, loop: true, duration: 24 },
  parameters: { genre: 'metal', tempo: 170, key: 'E minor', intensity: 0.9, seed: 5 },
  'one alone': { prompt: 'solo flute in G major', seed: 9 },
  'a long piece': { prompt: 'orchestral film music', seed: 2, duration: 180 },
  'a variation': { prompt: 'pop song', seed: 8, variationOf: { seed: 7 } },
  'a scene': { prompt: 'a lullaby for a rainy evening', seed: 1 },
  'an extension': { prompt: '', seed: 6, extensionOf: makeRequest({ prompt: 'reggae in A minor', seed: 4 }) },
};

/**
 * What they became in each version. Stored pieces are found again by request, seed and version, so a version must never
 * give another score than it gave: who changes the music raises `ENGINE_VERSION` and adds its line here.
 */
const KNOWN: Record<string, Record<string, string>> = {
  'composer-1.0.0': {
    'a prompt': '2417edb37b3bd30a',
    'tempo and key': '9bac0f13b3ead3a2',
    'a waltz with line-up': '5dc24d8c74ec8d47',
    'a loop': '8f344872104c221b',
    parameters: '55b4d9bbecc08968',
    'one alone': '4994be14e906a7d8',
    'a long piece': '9b205747fcde8752',
    'a variation': '2a658b013218f617',
  },
  'composer-1.1.0': {
    'a prompt': '281136b02afaa1ca',
    'tempo and key': 'f4faa7356a5d28a1',
    'a waltz with line-up': '4b6892f2882e92c0',
    'a loop': '7f0da05102e7057c',
    parameters: '18aece064f9bfbdd',
    'one alone': '87e13c7d5767b813',
    'a long piece': '8fdc29349614fa41',
    'a variation': '14de94bfb74c2161',
    'an extension': '180168541321b75a',
  },
  'composer-1.2.0': {
    'a prompt': '92672f550f610350',
    'tempo and key': 'ab69fcda2d973a3f',
    'a waltz with line-up': '053f530dcc4c92a4',
    'a loop': 'a5ce5650af418de6',
    parameters: '227470be9215abec',
    'one alone': '6a6e86d4b3829c93',
    'a long piece': '5dcce2cc9ec25d48',
    'a variation': '19df145d1cdeb373',
    'a scene': 'e74084d3b43d7c1e',
    'an extension': 'b1bf581c33843c3f',
  },
};

function hashOf(request: Partial<RenderRequest>): string {
  const { score } = compose(makeRequest(request));
  return createHash('sha256').update(scoreToMidi(score)).digest('hex').slice(0, 16);
}

describe('a version of the engine', () => {
  it('gives the scores that it has always given', () => {
    const scores = Object.fromEntries(Object.entries(REQUESTS).map(([name, request]) => [name, hashOf(request)]));
    expect({ [ENGINE_VERSION]: scores }).toEqual({ [ENGINE_VERSION]: KNOWN[ENGINE_VERSION] });
  });

  it('gives others than every version before', () => {
    const all = Object.values(KNOWN).flatMap((scores) => Object.values(scores));
    expect(new Set(all).size).toBe(all.length);
  });
});
