import { RefusalCounts, type Refusal } from './refusal-counts';

const minute = 60_000;
const refusal = (changes: Partial<Refusal> = {}): Refusal => ({
  ...{ action: 'login', outcome: 'INVALID_CREDENTIALS', group: '203.0.113.7/32' },
  ...changes,
});

describe('refusals', () => {
  it('are one number for each action, outcome, group of addresses and minute', () => {
    const counts = new RefusalCounts();
    for (const at of [0, 1, minute - 1]) counts.add(refusal(), at);
    counts.add(refusal(), minute);
    counts.add(refusal({ outcome: 'ACCOUNT_LOCKED' }), 5);
    counts.add(refusal({ group: '2001:db8::/64' }), 5);
    expect(counts.take().map(({ outcome, group, minute, count }) => [outcome, group, minute, count])).toEqual([
      ['INVALID_CREDENTIALS', '203.0.113.7/32', 0, 3],
      ['INVALID_CREDENTIALS', '203.0.113.7/32', minute, 1],
      ['ACCOUNT_LOCKED', '203.0.113.7/32', 0, 1],
      ['INVALID_CREDENTIALS', '2001:db8::/64', 0, 1],
    ]);
    expect(counts.take()).toEqual([]);
  });

  it('name those who were tried, each once and not without end', () => {
    const counts = new RefusalCounts();
    for (let i = 0; i < 1_000; i++) counts.add(refusal({ email: `${i % 50}@example.com` }), 0);
    const [one] = counts.take();
    expect(one).toMatchObject({ count: 1_000 });
    expect(new Set(one!.emails).size).toBe(20);
    expect(one!.emails).toHaveLength(20);
  });

  it('from very many addresses share one number: spraying fills no memory and loses no count', () => {
    const counts = new RefusalCounts();
    for (let i = 0; i < 50_000; i++) counts.add(refusal({ group: `${i}` }), 0);
    const taken = counts.take();
    expect(taken).toHaveLength(1_001);
    expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
    expect(taken.find(({ group }) => group === null)!.count).toBe(49_000);
  });

  it('are counted on when they could not be stored', () => {
    const counts = new RefusalCounts();
    counts.add(refusal({ email: 'a@example.com' }), 0);
    const taken = counts.take();
    counts.add(refusal({ email: 'b@example.com' }), 0);
    counts.giveBack(taken);
    expect(counts.take()).toMatchObject([{ count: 2, emails: ['b@example.com', 'a@example.com'] }]);
  });
});
