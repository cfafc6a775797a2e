import type { SoundBank } from './bank';
import { loadSoundBank } from './bank';
import { STAGE_LUFS, balance, measureParts } from './balance';
import { bandScore, silentScore } from './fixture-scores';

const gainsOf = (score: Parameters<typeof balance>[0], bank: SoundBank) =>
  balance(score, bank).map(({ gainDb }) => gainDb);

describe('balance', () => {
  let bank: SoundBank;
  beforeAll(
    async () => (bank = await loadSoundBank({ path: require.resolve('@coderline/alphatab/soundfont/sonivox.sf3') })),
  );

  it('brings the sum of all parts to the stage level', () => {
    const score = bandScore();
    const gains = gainsOf(score, bank);
    const power = measureParts(score, bank).reduce(
      (sum, { loudness }, i) => sum + 10 ** ((loudness + gains[i]!) / 10),
      0,
    );
    expect(10 * Math.log10(power)).toBeCloseTo(STAGE_LUFS, 3);
  });

  it('makes up for how loud a preset and its notes are', () => {
    const score = bandScore();
    const quieter = bandScore();
    for (const note of quieter.parts[4]!.notes) note.velocity = 50;
    const heard = (of: typeof score) => measureParts(of, bank)[4]!.loudness + gainsOf(of, bank)[4]!;
    expect(heard(quieter)).toBeCloseTo(heard(score), 1);
  });

  it('follows the part’s own gain', () => {
    const score = bandScore();
    const louder = bandScore();
    louder.parts[1]!.mix.gainDb = 6;
    const over = (gains: number[]) => gains[1]! - gains[2]!;
    expect(over(gainsOf(louder, bank)) - over(gainsOf(score, bank))).toBeCloseTo(6, 5);
  });

  it('has a gain for a part without notes', () => {
    expect(gainsOf(silentScore(), bank)).toEqual([0]);
  });
});
