import type { Lane } from '../genres/genre';

/** General MIDI keys of the lanes. */
export const LANE_KEYS: Record<Lane, number> = {
  kick: 36,
  snare: 38,
  rim: 37,
  clap: 39,
  hat: 42,
  pedal: 44,
  open: 46,
  ride: 51,
  bell: 53,
  brush: 40,
  tamb: 54,
  cowbell: 56,
  shaker: 82,
  cabasa: 69,
  congaHigh: 63,
  congaMute: 62,
  congaLow: 64,
  bongoHigh: 60,
  bongoLow: 61,
  claves: 75,
  triangle: 81,
  tomHigh: 50,
  tomMid: 47,
  tomLow: 43,
  crash: 49,
  splash: 55,
};

/** Velocity of a sign, and of how it is played. */
export const STRENGTH: Record<string, number> = { X: 116, x: 96, o: 74, g: 42 };

/** Lanes that keep the time, and can be thinned or varied without losing the beat. */
export const TIMEKEEPERS: ReadonlySet<Lane> = new Set(['hat', 'ride', 'shaker', 'cabasa', 'tamb', 'brush', 'pedal']);
