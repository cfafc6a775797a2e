import { until } from '@musicgen/testing';
import type { Step } from '../generations/generation-progress';
import { progressRow, ProgressWriter } from './progress-writer';

describe('progress', () => {
  it('tells how long the rest will take if it goes on like this', () => {
    expect(progressRow({ fraction: 0.25, section: 'verse', bar: 3, bars: 12 }, 1_000)).toEqual({
      fraction: 0.25,
      section: 'verse',
      bar: 3,
      bars: 12,
      etaMs: 3_000,
    });
    expect(progressRow({ fraction: 1 }, 1_000).etaMs).toBe(0);
  });

  it('does not guess before anything is done', () => {
    expect(progressRow({ fraction: 0.01 }, 1_000)).toMatchObject({ section: null, bar: null, bars: null, etaMs: null });
  });

  it('is written down seldom, and then every bar with its latest', async () => {
    const written: Step[][] = [];
    const writer = new ProgressWriter(async (steps) => void written.push(steps));
    writer.report({ stage: 'composing', fraction: 0 });
    for (let i = 1; i <= 100; i++) writer.report({ stage: 'rendering', fraction: i / 100, bar: Math.ceil(i / 50) });
    await until(() => written.length === 2);
    await writer.close();
    const shown = written.map((steps) => steps.map(({ stage, progress }) => [stage, progress.bar, progress.fraction]));
    expect(shown).toEqual([
      [['composing', null, 0]],
      [
        ['rendering', 1, 0.5],
        ['rendering', 2, 1],
      ],
    ]);
  });

  it('is missed when it cannot be written, and nothing else happens', async () => {
    const writer = new ProgressWriter(() => Promise.reject(new Error('the database is away')));
    writer.report({ stage: 'rendering', fraction: 0.5 });
    await expect(writer.close()).resolves.toBeUndefined();
  });
});
