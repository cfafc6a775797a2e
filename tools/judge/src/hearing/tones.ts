/** Lowest and highest tone that is looked for, as MIDI keys. */
export const LOWEST = 28;
const TONES = 70;
/** Partials of a tone and how much softer each is than the one below (Mauch and Dixon 2010 have 0.6 to 0.9). */
const PARTIALS = 12;
const DECAY = 0.8;
const ROUNDS = 40;
const SMALLEST = 1e-9;

/** What one tone looks like among all: its partials, at the nearest semitones. */
const DICTIONARY = Array.from({ length: TONES }, (_, tone) => {
  const row = new Float64Array(TONES);
  for (let partial = 1, level = 1; partial <= PARTIALS; partial++, level *= DECAY) {
    const at = tone + Math.round(12 * Math.log2(partial));
    if (at < TONES) row[at]! += level;
  }
  return row;
});

/** How much the looks of two tones have in common. */
const OVERLAPS = DICTIONARY.map((a) =>
  Float64Array.from(DICTIONARY, (b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)),
);

/**
 * The tones that explain a spectrum: how loud each must sound, none less than silent, so that their partials together come
 * nearest to it (approximate transcription by non-negative least squares; multiplicative updates of Lee and Seung 2001).
 * A third or a fifth that is only a partial of what sounds below it is thereby no tone.
 */
export function tonesIn(semitones: Float64Array): Float64Array {
  const wanted = Float64Array.from(DICTIONARY, (row) => row.reduce((sum, value, i) => sum + value * semitones[i]!, 0));
  const tones = wanted.map((value) => (value > 0 ? 1 : 0));
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < TONES; i++) {
      if (tones[i] === 0) continue;
      const row = OVERLAPS[i]!;
      let explained = SMALLEST;
      for (let k = 0; k < TONES; k++) explained += row[k]! * tones[k]!;
      tones[i]! *= wanted[i]! / explained;
    }
  }
  return tones;
}

/** An empty spectrum of semitones. */
export function silence(): Float64Array {
  return new Float64Array(TONES);
}
