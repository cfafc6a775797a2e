import type { Genre } from './genre';

const TWELVE = 'I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7';

export const blues: Genre = {
  id: 'blues',
  tempo: { min: 66, max: 134, typical: 96 },
  keys: { major: ['E', 'A', 'G', 'C', 'Bb'], minor: ['A', 'E', 'C', 'G'] },
  minorShare: 0.2,
  forms: {
    songs: ['V', 'I V', 'I V O', 'V V', 'I V S V', 'I V V S V O', 'I V V S S V O'],
    cycles: ['S V', 'S S', 'K S', 'V V S'],
  },
  harmony: {
    major: {
      verse: ['I7 | I7 | IV7 | I7 | V7 | IV7 | I7 | V7', 'I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | V7', TWELVE],
      chorus: ['I7 | IV7 | I7 | V7', 'I7 | I7 | IV7 | I7'],
      intro: ['I7 | IV7 | I7 | V7', 'I7 | I7'],
      solo: [TWELVE, 'I7 | IV7 | I7 | I7 | IV7 | #ivo7 | I7 | V7'],
      half: ['V7', 'I7 V7'],
      close: ['V7 IV7 | I7 V7', 'I7 | V7', 'V7 | IV7 V7'],
      final: 'I7',
    },
    minor: {
      verse: ['i | iv7 | i | i7 | iv7 | iv7 | i | i | bVI7 | V7 | i | V7', 'i | i7 | iv7 | i | bVI7 | V7 | i | V7'],
      chorus: ['i | iv7 | i | V7', 'i | i | iv7 | V7'],
      half: ['V7', 'V7#9'],
      close: ['bVI7 | V7', 'iv7 | V7'],
      final: 'i',
    },
  },
  drums: {
    kit: 0,
    calm: [
      { ride: 'x.o.x.o.x.o.x.o.', rim: '....x.......x...', kick: 'x.......x.......' },
      { hat: 'x.o.x.o.x.o.x.o.', rim: '....x.......x...', kick: 'x.......x.o.....' },
    ],
    main: [
      { hat: 'X.o.X.o.X.o.X.o.', snare: '....X.......X...', kick: 'X.......X.x.....' },
      { ride: 'X.o.X.o.X.o.X.o.', snare: '....X.g.....X.g.', kick: 'X.....x.X.......', pedal: '....o.......o...' },
    ],
    full: [
      { ride: 'X.x.X.x.X.x.X.x.', snare: '....X.g.....X.g.', kick: 'X.....x.X.x.....' },
      { hat: 'X.o.X.o.X.o.X.o.', snare: '..g.X.g...g.X.x.', kick: 'X.....x.X.x...x.' },
    ],
    triple: [{ hat: 'x.x.x.x.x.x.', kick: 'X.........x.', snare: '......X.....' }],
    fills: 'light',
    fillRate: 0.45,
    crashes: true,
  },
  band: [
    { role: 'drums', players: ['drums'], from: 0.25, mix: { gainDb: 0, pan: 0, reverb: 0.14, chorus: 0 } },
    {
      role: 'bass',
      players: ['electric_bass', 'upright_bass'],
      bass: {
        calm: ['R.......5.......', 'R.......R...5...'],
        main: ['R...3...5...6...', 'R.r.3.r.5.r.6.5.', 'R...8...7...5...'],
        full: ['R.R.3.3.5.5.6.6.', 'R...3...5.6.8.A.', 'R.8.7.5.R.3.5.A.'],
        triple: ['R...3.5...6.', 'R.....5.....'],
        register: [28, 43],
        gate: 0.86,
        slides: true,
      },
      mix: { gainDb: 0.5, pan: 0, reverb: 0.05, chorus: 0 },
    },
    {
      role: 'chords',
      players: ['overdriven_guitar', 'electric_guitar', 'jazz_guitar'],
      comp: {
        voicing: 'guitar',
        voices: 4,
        register: [43, 67],
        calm: ['x.......x.......', '....s.......s...'],
        main: ['X.o.X.o.X.o.X.o.', 'm.m.S.m.m.m.S.m.', 'x.o.s.o.x.o.s.o.'],
        full: ['X.o.X.o.X.o.X.o.', 'm.d.S.d.m.d.S.u.'],
        triple: ['x.x.x.x.x.x.', 'X...x.x...x.'],
        gate: 0.75,
      },
      mix: { gainDb: -0.5, pan: -0.35, reverb: 0.16, chorus: 0, lowCutHz: 120 },
    },
    {
      role: 'chords',
      players: ['piano', 'organ', 'honky_tonk_piano'],
      from: 0.45,
      chance: 0.8,
      comp: {
        voicing: 'closed',
        voices: 3,
        register: [55, 77],
        calm: ['x...............'],
        main: ['....s.s.....s...', '..s...s...s...s.', 'x.....x.........'],
        full: ['s.s.s.s.s.s.s.s.', '..S...s...S.s.s.', '1.2.3.1.2.3.1.2.'],
        gate: 0.8,
      },
      mix: { gainDb: -1, pan: 0.4, reverb: 0.18, chorus: 0.05 },
    },
    {
      role: 'lead',
      players: ['overdriven_guitar', 'harmonica', 'saxophone', 'electric_guitar', 'piano'],
      mix: { gainDb: 1.2, pan: 0.05, reverb: 0.22, chorus: 0 },
    },
    {
      role: 'counter',
      players: ['harmonica', 'organ', 'electric_guitar', 'piano'],
      from: 0.5,
      chance: 0.6,
      counter: 'answer',
      mix: { gainDb: -1, pan: 0.28, reverb: 0.22, chorus: 0 },
    },
  ],
  melody: {
    scale: 'blues',
    cells: ['x.x.x.x.', 'x.x.x...', '--x.x.x.', 'x.....x.', '..x.x.x.', 'x.x...x.', 'x...----'],
    soloCells: ['x.x.x.x.', 'x.x.x...', '--x.x.x.', 'x.xxx.x.', 'x.......', '..x.x.x.'],
    leaps: 0.14,
    rest: 0.3,
    gate: 0.88,
  },
  feel: { swing: 0.9, swingUnit: 8, laidBackMs: 9, looseMs: 12, dynamics: 0.7 },
  ending: 'rit',
  bus: {
    compressor: { thresholdDb: -15, ratio: 2, attackMs: 22, releaseMs: 170 },
    eq: [
      { type: 'low_shelf', hz: 100, gainDb: 1 },
      { type: 'high_shelf', hz: 8500, gainDb: 1 },
    ],
    drive: 0.22,
    width: 1.05,
  },
};
