import { keyNamed } from '../hearing/mirex';
import { FIXED_PROMPTS } from './fixed-prompts';
import { heldOutPrompts } from './held-out';

describe('the prompts', () => {
  it('are 64 at the least, and all genres are in every 19 of them', () => {
    expect(FIXED_PROMPTS.length).toBeGreaterThanOrEqual(64);
    for (let at = 0; at + 19 <= FIXED_PROMPTS.length; at += 19) {
      expect(new Set(FIXED_PROMPTS.slice(at, at + 19).map(({ genre }) => genre)).size).toBe(19);
    }
  });

  it('say what they ask', () => {
    for (const { prompt, bpm, key } of [...FIXED_PROMPTS, ...heldOutPrompts(100, 5)]) {
      expect(prompt).toContain(String(bpm));
      expect(prompt.toLowerCase()).toContain(key!.toLowerCase());
      expect(() => keyNamed(key!)).not.toThrow();
    }
  });

  it('that are held out are others for another seed, and the same for the same', () => {
    expect(heldOutPrompts(20, 1)).toEqual(heldOutPrompts(20, 1));
    expect(heldOutPrompts(20, 1)).not.toEqual(heldOutPrompts(20, 2));
  });
});
