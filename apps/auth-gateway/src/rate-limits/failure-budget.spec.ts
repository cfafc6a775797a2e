import { FailureBudget } from './failure-budget';

describe('the budget of failed attempts', () => {
  let now = 0;
  const makeBudget = () => new FailureBudget({ perHour: 3_600, size: 100 }, () => now);
  const takeAll = (budget: FailureBudget, address: string) => {
    let taken = 0;
    while (taken < 1_000 && budget.take(address)) taken++;
    return taken;
  };

  it('is 100 at once, also for what is under way, and one a second after that', () => {
    const budget = makeBudget();
    expect(takeAll(budget, '203.0.113.1')).toBe(100);
    expect(budget.retryAfterSeconds('203.0.113.1')).toBe(1);
    now += 2_000;
    expect(takeAll(budget, '203.0.113.1')).toBe(2);
    expect(takeAll(budget, '203.0.113.2')).toBe(100);
  });

  it('is not spent by attempts that succeed', () => {
    const budget = makeBudget();
    for (let attempt = 0; attempt < 500; attempt++) {
      expect(budget.take('203.0.113.1')).toBe(true);
      budget.giveBack('203.0.113.1');
    }
    expect(takeAll(budget, '203.0.113.1')).toBe(100);
  });

  it('is that of the /64 for IPv6', () => {
    const budget = makeBudget();
    expect(takeAll(budget, '2001:db8:1:2::1')).toBe(100);
    expect(budget.take('2001:db8:1:2:ffff::9')).toBe(false);
    expect(budget.take('2001:db8:1:3::1')).toBe(true);
  });
});
