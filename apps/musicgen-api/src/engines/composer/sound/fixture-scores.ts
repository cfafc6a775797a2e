import type { BusMix, Note, Part, PartMix, Role, Score } from '../score';

/** Hand-written scores for tests: small, and each hard in its own way. */

const PLAIN_BUS: BusMix = {
  compressor: { thresholdDb: -16, ratio: 2, attackMs: 20, releaseMs: 150 },
  eq: [{ type: 'high_shelf', hz: 9000, gainDb: 1 }],
  drive: 0.15,
  width: 1.1,
};

const DRY: PartMix = { gainDb: 0, pan: 0, reverb: 0.15, chorus: 0 };

function part(
  name: string,
  role: Role,
  program: number,
  notes: Note[],
  mix: Partial<PartMix> = {},
): Omit<Part, 'channel'> {
  return { name, role, program, notes, controls: [], mix: { ...DRY, ...mix } };
}

/** A valid score of the given parts; drums go to channel 9. */
export function makeScore(parts: Omit<Part, 'channel'>[], overrides: Partial<Score> = {}): Score {
  let channel = 0;
  const next = () => (channel === 9 ? ++channel : channel, channel++);
  const beats = Math.ceil((overrides.durationSeconds ?? 8) * 2);
  return {
    title: 'Fixture',
    genre: 'pop',
    seed: 1,
    durationSeconds: 8,
    loop: false,
    key: { tonic: 'A', mode: 'minor' },
    timeSignature: { numerator: 4, denominator: 4 },
    tempoMap: [{ beat: 0, bpm: 120 }],
    sections: [{ name: 'verse', startBeat: 0, bars: Math.max(1, Math.ceil(beats / 4)), energy: 0.6 }],
    chords: [],
    parts: parts.map((each) => ({ ...each, channel: each.role === 'drums' ? 9 : next() })),
    mix: PLAIN_BUS,
    ...overrides,
  };
}

function every(step: number, beats: number, note: (beat: number, index: number) => Note): Note[] {
  return Array.from({ length: Math.floor(beats / step) }, (_, i) => note(i * step, i));
}

/** A whole band at 120 beats a minute. */
export function bandScore(durationSeconds = 8, overrides: Partial<Score> = {}): Score {
  const beats = overrides.loop ? durationSeconds * 2 : durationSeconds * 2 - 2;
  const root = (beat: number) => [45, 41, 36, 43][Math.floor(beat / 4) % 4]!;
  const chord = (beat: number) =>
    [0, 3, 7].map((step) => ({ beat, beats: 1.9, pitch: root(beat) + 12 + step, velocity: 75 }));
  return makeScore(
    [
      part('drums', 'drums', 0, [
        ...every(0.5, beats, (beat, i) => ({ beat, beats: 0.2, pitch: 42, velocity: i % 2 ? 60 : 85 })),
        ...every(2, beats, (beat, i) => ({ beat, beats: 0.2, pitch: i % 2 ? 38 : 36, velocity: 112 })),
      ]),
      part(
        'bass',
        'bass',
        33,
        every(0.5, beats, (beat) => ({ beat, beats: 0.45, pitch: root(beat) - 12, velocity: 95 })),
      ),
      part(
        'piano',
        'chords',
        0,
        every(2, beats, (beat) => ({ beat, beats: 0, pitch: 0, velocity: 1 })).flatMap(({ beat }) => chord(beat)),
        { pan: -0.3 },
      ),
      part(
        'strings',
        'pad',
        48,
        every(4, beats, (beat) => ({ beat, beats: 3.9, pitch: root(beat) + 24, velocity: 60 })),
        { reverb: 0.5, pan: 0.3 },
      ),
      part(
        'sax',
        'lead',
        65,
        every(1, beats, (beat, i) => ({ beat, beats: 0.8, pitch: 69 + [0, 3, 5, 7, 3][i % 5]!, velocity: 92 })),
        { chorus: 0.2 },
      ),
    ],
    { durationSeconds, ...overrides },
  );
}

/** Two short strokes of a wood block in a long silence: all peaks, no body. */
export function sparseScore(): Score {
  const strokes = every(7, 14, (beat) => ({ beat, beats: 0.1, pitch: 72, velocity: 100 }));
  return makeScore([part('wood_block', 'lead', 115, strokes)], { durationSeconds: 8 });
}

/** Soft piano notes, then one fortissimo chord: nearly nothing, then everything. */
export function dynamicScore(): Score {
  const soft = every(2, 8, (beat, i) => ({ beat, beats: 1.9, pitch: 60 + (i % 5), velocity: 18 }));
  const loud = [36, 48, 55, 60, 64, 67, 72].map((pitch) => ({ beat: 8, beats: 4, pitch, velocity: 127 }));
  return makeScore([part('piano', 'chords', 0, [...soft, ...loud], { reverb: 0.6 })], { durationSeconds: 7 });
}

/** One second, two notes. */
export function briefScore(): Score {
  const notes = [0, 1].map((beat) => ({ beat, beats: 0.8, pitch: 60 + 4 * beat, velocity: 90 }));
  return makeScore([part('flute', 'lead', 73, notes)], { durationSeconds: 1 });
}

/** Low sustained tones alone: little loudness for much amplitude. */
export function droneScore(): Score {
  const notes = every(8, 8, (beat) => ({ beat, beats: 7.9, pitch: 28, velocity: 80 }));
  return makeScore([part('contrabass', 'bass', 43, notes)], { durationSeconds: 5 });
}

/** Parts without a single note. */
export function silentScore(): Score {
  return makeScore([part('piano', 'chords', 0, [])], { durationSeconds: 2 });
}
