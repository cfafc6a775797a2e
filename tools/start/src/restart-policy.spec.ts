import { RestartPolicy } from './restart-policy';

/** Lets a process die again and again after the same time up, and returns what was decided each time. */
function decide(upMs: number, deaths: number): (number | 'give up')[] {
  const policy = new RestartPolicy();
  let now = 0;
  return Array.from({ length: deaths }, () => {
    const startedAt = now;
    now += upMs;
    const verdict = policy.died(startedAt, now);
    if (verdict.action === 'give up') return verdict.action;
    now += verdict.afterMs;
    return verdict.afterMs;
  });
}

test('waits twice as long before each restart and gives up at the fifth death', () => {
  expect(decide(10, 5)).toEqual([500, 1000, 2000, 4000, 'give up']);
});

test('waits the shortest time again after a minute up', () => {
  expect(decide(60_000, 6)).toEqual([500, 500, 500, 500, 500, 500]);
});

test('does not give up on five deaths in more than a minute, and never waits longer than half a minute', () => {
  expect(decide(16_000, 9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('forgets deaths older than a minute, not those within it', () => {
  const policy = new RestartPolicy();
  for (const at of [0, 20_000, 40_000, 59_000, 60_000]) expect(policy.died(at, at).action).toBe('restart');
  expect(policy.died(61_000, 61_000).action).toBe('give up');
});
