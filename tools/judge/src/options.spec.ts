import { readOptions } from './options';

describe('the command line', () => {
  it('has all chapters and no held-out prompts when nothing is said', () => {
    const { chapters, heldOut, prompts, examples } = readOptions('/root', []);
    expect({ heldOut, prompts, examples }).toEqual({ heldOut: 0, prompts: 76, examples: false });
    expect(chapters).toEqual(['adherence', 'genres', 'seeds', 'form']);
  });

  it('refuses chapters and numbers that are none', () => {
    expect(() => readOptions('/root', ['--only', 'taste'])).toThrow('"taste" is no chapter');
    expect(() => readOptions('/root', ['--seconds', 'long'])).toThrow('--seconds wants a whole number');
  });
});
