import { createHash } from 'node:crypto';
import type { RenderRequest } from './engine';
import { tagsOf } from './tags-of';

const request: RenderRequest = {
  id: 'gen_1',
  model: 'composer-1',
  prompt: 'a secret wish',
  duration: 5,
  seed: 7,
  formats: ['wav'],
};
const made = { generator: 'engine-1', digitalSourceType: 'algorithmicMedia' as const };

describe('the tags of a file', () => {
  it('tell model and seed, and the prompt by its hash alone', () => {
    const tags = tagsOf(request, { ...made, title: 'Rain', genre: 'jazz' });
    expect(tags).toEqual({
      title: 'Rain',
      genre: 'jazz',
      generator: 'engine-1',
      digitalSourceType: 'algorithmicMedia',
      model: 'composer-1',
      seed: 7,
      promptSha256: createHash('sha256').update('a secret wish').digest('hex'),
    });
    expect(JSON.stringify(tags)).not.toContain('secret');
  });

  it('have no control character in the title, which would end it early', () => {
    expect(tagsOf(request, { ...made, title: 'Rain\r\non\0Cologne\u0085' }).title).toBe('Rain on Cologne ');
  });
});
