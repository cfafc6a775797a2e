import type { Random } from '../random';

/**
 * What may stand for a plain chord without another function: its relatives, its sevenths, a suspension before it. Home
 * stays home, and chords that a genre's book has already coloured are left alone.
 */
const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  I: ['Iadd9', 'Isus4 I', 'I IV/7', 'I/4'],
  i: ['iadd9', 'isus4 i', 'i iv/7', 'i/3'],
  I7: ['I9', 'I7 IV7', 'I', 'I13'],
  IV7: ['IV9', 'IV6', 'IV7 I7'],
  V7: ['V7sus4 V7', 'V7'],
  i7: ['i', 'i9', 'i7 iv7'],
  Imaj7: ['I', 'Imaj9', 'Iadd9'],
  ii7: ['ii9', 'ii7/10', 'IVmaj7'],
  vi7: ['vi9', 'I/4', 'vi7'],
  IVmaj7: ['IVmaj9', 'ii7', 'IV6'],
  iv7: ['iv9', 'bVImaj7'],
  bVImaj7: ['iv7', 'bVI6'],
  ii: ['ii7', 'IV', 'ii7/10'],
  iii: ['V/4', 'iii7', 'I/4'],
  IV: ['IVadd9', 'ii', 'IV/4', 'IVmaj7', 'vi IV'],
  V: ['V7', 'V7', 'Vsus4 V7', 'V/4'],
  vi: ['vi7', 'vi7/10', 'iii vi', 'IV/4'],
  iv: ['iv7', 'bVI', 'iv/3'],
  bIII: ['i/3', 'bIII i'],
  bVI: ['bVImaj7', 'iv', 'bVI/4', 'i bVI'],
  bVII: ['V', 'bVII/4', 'bVII V', 'iv'],
};

/** How often a plain chord is coloured. */
const RATE = 0.42;

/** A progression as this piece has it. Its first bar stays: home, or the way in. */
export function coloured(bars: readonly string[][], random: Random): string[][] {
  return bars.map((bar, i) => {
    const [numeral] = bar;
    const options = bar.length === 1 && i > 0 && numeral ? STAND_INS[numeral] : undefined;
    // Drawn in any case: what is chosen for one chord does not move the others.
    const draw = random.next();
    const choice = random.next();
    if (!options || draw > RATE) return bar;
    return options[Math.floor(choice * options.length)]!.split(' ');
  });
}
