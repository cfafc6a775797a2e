import fc from 'fast-check';
import { TokenBucket } from './bucket';
import { Lease } from './lease';
import { exchangeLease, fullSharedBucket, LEASE_LATEST_MS, LEASE_MS, type LeaseAnswer } from './shared-bucket';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

describe('a lease', () => {
  const limit = { perHour: 3_600, size: 40 };
  const answer = (granted: number, left = 30): LeaseAnswer => ({ held: 0, granted, left, waitMs: granted ? 0 : 100 });
  const makeLease = (granted: number) => {
    const lease = new Lease(limit, NOW);
    lease.ask(NOW);
    lease.answer(answer(granted), NOW);
    return lease;
  };

  it('is spent in memory, and not after its time', () => {
    const lease = makeLease(2);
    expect(lease.spend(NOW)).toBe('spent');
    expect(lease.isDue(NOW + LEASE_MS - 1)).toBe(false);
    expect(lease.isDue(NOW + LEASE_MS)).toBe(true);
    expect(lease.spend(NOW + LEASE_MS)).toBe('ask');
    expect(lease.ask(NOW + LEASE_MS)).toEqual({ unspent: 1, owed: 0, keep: false });
  });

  it('that comes late serves those who waited, but never after three seconds', () => {
    const late = new Lease(limit, NOW);
    late.ask(NOW);
    late.answer(answer(5), NOW + LEASE_MS + 1);
    expect(late.spend(NOW + LEASE_MS + 1)).toBe('spent');
    expect(late.isDue(NOW + LEASE_MS + 51)).toBe(true);
    const tooLate = new Lease(limit, NOW);
    tooLate.ask(NOW);
    tooLate.answer(answer(5), NOW + LEASE_LATEST_MS);
    expect(tooLate.spend(NOW + LEASE_LATEST_MS)).toBe('ask');
    expect(tooLate.isDue(NOW + LEASE_LATEST_MS)).toBe(true);
  });

  it('is renewed beside the requests when it runs low, and spent meanwhile', () => {
    const lease = makeLease(4);
    const spent = [lease.spend(NOW), lease.runsLow(NOW), lease.spend(NOW), lease.spend(NOW), lease.runsLow(NOW)];
    expect(spent).toEqual(['spent', false, 'spent', 'spent', true]);
    expect(lease.ask(NOW)).toEqual({ unspent: 1, owed: 0, keep: true });
    expect(lease.spend(NOW)).toBe('spent');
    lease.answer({ held: 1, granted: 3, left: 20, waitMs: 0 }, NOW);
    expect(lease.remaining(NOW)).toBe(23);
  });

  it('remembers for a moment that the bucket is empty', () => {
    const lease = makeLease(0);
    expect(lease.spend(NOW + 99)).toBe('refused');
    expect(lease.spend(NOW + 100)).toBe('ask');
  });

  it('says what remains here and in the shared bucket, refilled', () => {
    const lease = makeLease(5);
    lease.spend(NOW);
    expect(lease.remaining(NOW)).toBe(34);
    expect(lease.resetSeconds(NOW)).toBe(6);
    expect(lease.remaining(NOW + 2_000)).toBe(32);
  });
});

describe('replicas without the database', () => {
  const limit = { perHour: 3_600, size: 40 };

  it('together let through one bucket and its rate, and go on at rate ÷ replicas', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 120 }), (replicas, seconds) => {
        let shared = fullSharedBucket(limit, NOW);
        const leases = Array.from({ length: replicas }, (_, replica) => {
          const lease = new Lease(limit, NOW);
          const ask = { ...lease.ask(NOW), replica: `r${replica}`, replicas, wanted: true };
          const exchanged = exchangeLease(shared, limit, ask, NOW);
          shared = exchanged.shared;
          lease.answer(exchanged.answer, NOW);
          lease.goAlone(replicas, NOW);
          return lease;
        });
        let admitted = 0;
        for (let tick = 0; tick <= seconds * 10; tick++)
          for (const lease of leases) while (lease.spend(NOW + tick * 100) === 'spent') admitted++;
        expect(admitted).toBeLessThanOrEqual(limit.size + seconds);
        // Each replica may hold part of a token, and those that leased last saw less in the shared bucket.
        expect(admitted).toBeGreaterThanOrEqual(limit.size * 0.8 + seconds - replicas);
      }),
    );
  });

  it('pay when it is back for what they spent', () => {
    const lease = new Lease(limit, NOW);
    const first = exchangeLease(fullSharedBucket(limit, NOW), limit, { ...lease.ask(NOW), ...one }, NOW);
    lease.answer(first.answer, NOW);
    lease.goAlone(1, NOW);
    for (let request = 0; request < 40; request++) expect(lease.spend(NOW)).toBe('spent');
    expect(lease.spend(NOW)).toBe('refused');
    const later = NOW + 10_000;
    const back = exchangeLease(first.shared, limit, { ...lease.ask(later), ...one }, later);
    // 40 spent, 10 refilled while away; a quarter of what remains is leased.
    expect(back.answer).toEqual({ held: 0, granted: 2, left: 8, waitMs: 0 });
    lease.answer(back.answer, later);
    expect(lease.remaining(later)).toBe(10);
    expect(lease.ask(later)).toEqual({ unspent: 2, owed: 0, keep: true });
  });

  it('do not pay twice for a long time away: whoever spends the rate all along begins where one bucket would be', () => {
    const lease = new Lease(limit, NOW);
    const first = exchangeLease(fullSharedBucket(limit, NOW), limit, { ...lease.ask(NOW), ...one }, NOW);
    lease.answer(first.answer, NOW);
    lease.goAlone(1, NOW);
    const ideal = new TokenBucket(limit, NOW);
    let now = NOW;
    for (; now < NOW + 3_600_000; now += 500) expect(lease.spend(now) === 'spent').toBe(ideal.take(now));
    const { answer } = exchangeLease(first.shared, limit, { ...lease.ask(now), ...one }, now);
    expect(answer.granted + answer.left).toBe(ideal.remaining(now));
  });

  it('owe also what they spend until the answer is there, and all of it again when there is none', () => {
    const lease = makeAlone();
    lease.spend(NOW + 3_000);
    expect(lease.ask(NOW + 3_000).owed).toBe(1);
    lease.fail();
    lease.spend(NOW + 3_000);
    expect(lease.ask(NOW + 3_000).owed).toBe(2);
    lease.spend(NOW + 3_000);
    lease.answer({ held: 0, granted: 1, left: 0, waitMs: 0 }, NOW + 3_010);
    expect(lease.ask(NOW + 3_020).owed).toBe(1);
  });

  const makeAlone = () => {
    const lease = new Lease(limit, NOW);
    lease.goAlone(1, NOW);
    return lease;
  };
  const one = { replica: 'r0', replicas: 1, wanted: true };
});
