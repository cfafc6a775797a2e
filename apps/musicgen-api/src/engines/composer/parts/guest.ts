import type { BassBook, CompBook, Genre, Slot } from '../genres/genre';
import type { Duty, Instrument, Touch } from '../instruments';
import type { PartMix } from '../score';

/** What an instrument does with chords in a genre that has no part written for it. */
const COMPS: Record<'strum' | 'keys' | 'plucked' | 'held' | 'stabs', CompBook> = {
  strum: {
    voicing: 'guitar',
    voices: 5,
    register: [45, 72],
    calm: ['D.......d...u...', 'D.....d.....d...'],
    main: ['D...d.u...u.d.u.', 'D...d.u.d...d.u.'],
    full: ['D.u.d.u.d.u.d.u.', 'D...d.u.D.u.d.u.'],
    triple: ['D...d.u.d.u.'],
    gate: 0.95,
  },
  keys: {
    voicing: 'closed',
    voices: 4,
    register: [52, 76],
    calm: ['X...............', 'B.2.3.4.3.2.3.4.'],
    main: ['X.......x.....x.', 'X...x...x...x...'],
    full: ['X...x...x..x..x.', 'X..x..x...x...x.'],
    triple: ['B...x...x...'],
    gate: 0.9,
  },
  plucked: {
    voicing: 'spread',
    voices: 4,
    register: [48, 84],
    calm: ['1.2.3.4.3.2.3.2.', '1...2...3...4...'],
    main: ['1.2.3.4.3.2.3.2.', '1.3.2.4.3.2.3.2.'],
    full: ['1.2.3.4.1.2.3.4.', '1.2.3.4.3.2.1.2.'],
    triple: ['1.2.3.4.3.2.'],
    gate: 1,
    rings: true,
  },
  held: {
    voicing: 'open',
    voices: 4,
    register: [50, 79],
    calm: ['x...............'],
    main: ['x.......x.......'],
    full: ['X.......x.......'],
    triple: ['x...........'],
    gate: 0.98,
  },
  stabs: {
    voicing: 'closed',
    voices: 3,
    register: [55, 79],
    calm: ['..........x.s...', 'x.......-.......'],
    main: ['S.....s.....S...', '....S.......S.s.'],
    full: ['S..s..s...s.S...', 'S.....S..s..S.s.'],
    gate: 0.6,
  },
};

const COMP_OF: Record<Touch, keyof typeof COMPS> = {
  key: 'keys',
  pluck: 'plucked',
  strum: 'strum',
  bow: 'held',
  blow: 'held',
  brass: 'stabs',
  synth: 'held',
  voice: 'held',
  mallet: 'plucked',
  organ: 'held',
  skin: 'keys',
};

const PLAIN_BASS: BassBook = {
  calm: ['R...............', 'R.......5.......'],
  main: ['R.......R.....5.', 'R.....R.5.......'],
  full: ['R.R.R.R.R.R.R.R.', 'R...R...5...R.A.'],
  triple: ['R.......5...', 'R...........'],
  register: [28, 48],
  gate: 0.92,
};

const MIXES: Record<Duty, PartMix> = {
  lead: { gainDb: 0, pan: 0.05, reverb: 0.28, chorus: 0.05 },
  chords: { gainDb: 0, pan: -0.25, reverb: 0.22, chorus: 0.05 },
  pad: { gainDb: 0, pan: 0, reverb: 0.4, chorus: 0.15 },
  bass: { gainDb: 0, pan: 0, reverb: 0.04, chorus: 0 },
  counter: { gainDb: 0, pan: 0.35, reverb: 0.32, chorus: 0.05 },
  drums: { gainDb: 0, pan: 0, reverb: 0.1, chorus: 0 },
  percussion: { gainDb: 0, pan: 0.3, reverb: 0.18, chorus: 0 },
};

const SHAKER = [{ shaker: 'x.o.x.o.x.o.x.o.', congaLow: '......x.......x.', congaHigh: '..o.......o.x...' }];

/** A chair for an instrument that the genre has none for. A genre's own idiom is kept wherever it has one. */
export function slotFor(duty: Duty, instrument: Instrument, genre: Genre): Slot {
  const mix = MIXES[duty];
  const players = [instrument.id];
  switch (duty) {
    case 'drums':
      return { role: 'drums', players, mix };
    case 'percussion':
      return { role: 'percussion', players, mix, grooves: SHAKER };
    case 'bass': {
      const own = genre.band.find((slot) => slot.role === 'bass');
      return { role: 'bass', players, mix, bass: own?.role === 'bass' ? own.bass : PLAIN_BASS };
    }
    case 'chords':
      return { role: 'chords', players, mix, comp: COMPS[COMP_OF[instrument.touch]] };
    case 'pad':
      return { role: 'pad', players, mix, pad: { voices: 3, register: [50, 79], swell: true } };
    case 'lead':
      return { role: 'lead', players, mix };
    case 'counter':
      return {
        role: 'counter',
        players,
        mix,
        from: 0.35,
        counter: instrument.touch === 'mallet' ? 'sparkle' : 'answer',
      };
  }
}
