import { advanced, endEvents, heard, type Step } from './generation-progress';

const step = (stage: Step['stage'], fraction: number, bar: number | null = null): Step => ({
  stage,
  progress: { fraction, section: null, bar, bars: null, etaMs: null },
});
const queued = { status: 'queued' as const, progress: step('composing', 0).progress };

describe('a generation that goes on', () => {
  it('tells each new status once and each step of its progress', () => {
    const { status, progress, events } = advanced(queued, [
      step('composing', 0),
      step('rendering', 0.1, 1),
      step('rendering', 0.2, 2),
    ]);
    expect(status).toBe('rendering');
    expect(progress.bar).toBe(2);
    expect(events.map(({ type, data }) => [type, data])).toMatchObject([
      ['status', { status: 'composing', state: 'active' }],
      ['progress', { fraction: 0 }],
      ['status', { status: 'rendering', state: 'active' }],
      ['progress', { fraction: 0.1, bar: 1, eta_ms: null }],
      ['progress', { fraction: 0.2, bar: 2 }],
    ]);
  });

  it('goes back in nothing, and tells nothing of what is behind', () => {
    const before = { status: 'encoding' as const, progress: step('encoding', 0.6).progress };
    expect(advanced(before, [step('composing', 0), step('rendering', 0.5)])).toEqual({ ...before, events: [] });
    expect(advanced(before, [step('verifying', 0.3)])).toMatchObject({
      status: 'verifying',
      progress: { fraction: 0.6 },
    });
  });

  it('ends with its status and with what went wrong', () => {
    const error = { code: 'TIMEOUT' as const, message: 'too long', retryable: true, suggestion: 'again' };
    expect(endEvents('failed', error)).toEqual([
      { type: 'status', data: { status: 'failed', state: 'done' } },
      { type: 'done', data: { status: 'failed', error } },
    ]);
  });
});

describe('a preview', () => {
  const pieces = (...indexes: number[]) => indexes.map((index) => ({ index, seconds: index + 1 }));

  it('is announced second by second', () => {
    const first = heard(null, 1, pieces(0));
    const second = heard(first.preview, 1, pieces(1, 2));
    expect(second.preview).toEqual({ attempt: 1, pieces: 3, announced: 3, isWhole: false });
    expect([...first.events, ...second.events].map(({ data }) => data)).toEqual([
      { index: 0, seconds: 1 },
      { index: 1, seconds: 2 },
      { index: 2, seconds: 3 },
    ]);
  });

  it('begins anew with the next start, and announces only what was not heard before', () => {
    const old = heard(null, 1, pieces(0, 1)).preview;
    const again = heard(old, 2, pieces(0));
    expect(again).toEqual({ preview: { attempt: 2, pieces: 1, announced: 2, isWhole: false }, events: [] });
    expect(heard(again.preview, 2, pieces(1, 2)).events).toHaveLength(1);
  });

  it('takes nothing from a start that is not the latest', () => {
    const newer = heard(null, 2, pieces(0)).preview;
    expect(heard(newer, 1, pieces(5))).toEqual({ preview: newer, events: [] });
  });
});
