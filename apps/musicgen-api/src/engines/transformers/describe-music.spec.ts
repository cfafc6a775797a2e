import type { RenderRequest } from '../engine';
import { describeMusic, problemsOf } from './describe-music';

const request: RenderRequest = {
  id: 'gen_1',
  model: 'musicgen-small',
  prompt: ' Upbeat jazz ',
  duration: 5,
  seed: 1,
  formats: ['wav'],
};

describe('what a text model is told', () => {
  it('is the prompt, and behind it the parameters in words', () => {
    expect(describeMusic(request)).toBe('Upbeat jazz');
    expect(
      describeMusic({ ...request, genre: 'swing', tempo: 126, key: 'A minor', instruments: ['saxophone', 'bass'] }),
    ).toBe('Upbeat jazz, swing, with saxophone, bass, 126 bpm, in A minor');
  });

  it('refuses by name what it would not follow', () => {
    const problems = problemsOf({ ...request, exclude: ['drums'], timeSignature: '3/4', loop: true, stems: false });
    expect(problems.map(({ path }) => path)).toEqual(['exclude', 'time_signature', 'loop']);
    expect(problemsOf({ ...request, loop: false })).toEqual([]);
  });
});
