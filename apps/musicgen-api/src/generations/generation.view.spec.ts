import { generation as generationSchema } from '@musicgen/platform-contracts';
import { makeGeneration } from '../../test/factories';
import { viewOf } from './generation.view';

const active = (etaMs: number | null) =>
  makeGeneration({ status: 'rendering', progress: { fraction: 0.5, section: 'verse', bar: 2, bars: 8, etaMs } });

describe('a generation on the wire', () => {
  it('is what the contract says, with null for what is not known yet', () => {
    const view = viewOf(makeGeneration(), 3);
    expect(generationSchema.strict().parse(view)).toEqual(view);
    expect(view).toMatchObject({ interpretation: null, analysis: null, error: null, started_at: null, title: null });
  });

  it('writes every name with underscores', () => {
    const view = viewOf(active(800), null);
    expect(view.progress).toEqual({ fraction: 0.5, section: 'verse', bar: 2, bars: 8, eta_ms: 800 });
    expect(JSON.stringify({ ...view, request: {} })).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it.each([
    ['queued first', makeGeneration(), 1, 500],
    ['queued far behind', makeGeneration(), 900, 5_000],
    ['just started', active(null), null, 250],
    ['half done', active(4_000), null, 1_000],
    ['with long to go', active(60_000), null, 2_000],
    ['over', makeGeneration({ status: 'failed' }), null, null],
  ])('tells when to ask again: %s', (_, generation, position, pollAfterMs) => {
    expect(viewOf(generation, position).poll_after_ms).toBe(pollAfterMs);
  });

  it.each([
    ['reserved', 1],
    ['spent', 1],
    ['released', 0],
    ['none', 0],
  ] as const)('counts as one of the day unless its quota is %s', (quota, generations) => {
    expect(viewOf(makeGeneration({ quota }), null).usage).toEqual({ generations });
  });
});
