import { generationStatuses, type GenerationStatus } from '@musicgen/platform-contracts';
import { stateOf, statusesBefore, unfinishedStatuses } from './generation-status';

const rank = (status: GenerationStatus) => generationStatuses.indexOf(status);

describe('the statuses of a generation', () => {
  it('never run backwards, nor follow themselves', () => {
    for (const status of generationStatuses) {
      for (const before of statusesBefore(status)) expect(rank(before)).toBeLessThan(rank(status));
    }
  });

  it('leave a final one in one way only: what succeeded can expire', () => {
    const steps = generationStatuses.flatMap((to) => statusesBefore(to).map((from) => [from, to] as const));
    const fromFinal = steps.filter(([from]) => stateOf(from) === 'done');
    expect(fromFinal).toEqual([['succeeded', 'expired']]);
  });

  it('can end badly from every unfinished one', () => {
    for (const status of unfinishedStatuses) {
      expect(statusesBefore('failed')).toContain(status);
      expect(statusesBefore('canceled')).toContain(status);
    }
  });

  it('do not succeed without having been started', () => {
    expect(statusesBefore('succeeded')).not.toContain('queued');
  });

  it('are pending, active or done', () => {
    expect(Object.fromEntries(generationStatuses.map((status) => [status, stateOf(status)]))).toEqual({
      queued: 'pending',
      composing: 'active',
      rendering: 'active',
      encoding: 'active',
      verifying: 'active',
      succeeded: 'done',
      failed: 'done',
      canceled: 'done',
      expired: 'done',
    });
  });
});
