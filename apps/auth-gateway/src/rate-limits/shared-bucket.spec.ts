import fc from 'fast-check';
import { type BucketLimit, TokenBucket } from './bucket';
import { Lease } from './lease';
import { exchangeLease, fullSharedBucket, type LeaseAnswer, type SharedBucket } from './shared-bucket';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

interface Event {
  at: number;
  run: () => void;
}

/** Replicas, a database some milliseconds away, and requests: what happens, in the order of its time. */
class Simulation {
  now = NOW;
  admitted = 0;
  refused = 0;
  excess = 0;
  shared: SharedBucket;
  readonly leases: Lease[];
  readonly #waiting: number[];
  readonly #asking: boolean[];
  readonly #dead = new Set<number>();
  /** One bucket that sees every request: what it refuses, the replicas must not have let through. */
  readonly #ideal: TokenBucket;
  #events: Event[] = [];

  constructor(
    readonly limit: BucketLimit,
    readonly latencies: readonly number[],
  ) {
    this.shared = fullSharedBucket(limit, NOW);
    this.leases = latencies.map(() => new Lease(limit, NOW));
    this.#waiting = latencies.map(() => 0);
    this.#asking = latencies.map(() => false);
    this.#ideal = new TokenBucket(limit, NOW);
  }

  at(time: number, run: () => void): void {
    this.#events.push({ at: time, run });
  }

  request(time: number, replica: number): void {
    this.at(time, () => this.#serve(replica));
  }

  kill(time: number, replica: number): void {
    this.at(time, () => this.#dead.add(replica));
  }

  run(untilMs: number): void {
    for (let time = 50; time < untilMs; time += 50) this.at(NOW + time, () => this.#giveBack());
    for (;;) {
      this.#events.sort((a, b) => a.at - b.at);
      const due = this.#events;
      this.#events = [];
      if (due.length === 0 || due[0]!.at > NOW + untilMs) return;
      // Only what is due before anything new can be: the shortest way to the database is a millisecond.
      const end = due[0]!.at + 1;
      this.#events = due.filter(({ at }) => at >= end);
      for (const event of due.filter(({ at }) => at < end)) {
        this.now = event.at;
        event.run();
      }
    }
  }

  #serve(replica: number): void {
    const lease = this.leases[replica]!;
    if (this.#dead.has(replica)) return;
    const spending = lease.spend(this.now);
    if (spending === 'spent') {
      this.admitted++;
      if (!this.#ideal.take(this.now)) this.excess++;
      if (lease.runsLow(this.now) && !this.#asking[replica]) this.#ask(replica);
    } else if (spending === 'refused') {
      this.refused++;
    } else {
      this.#waiting[replica]!++;
      if (!this.#asking[replica]) this.#ask(replica);
    }
  }

  #ask(replica: number, wanted = true): void {
    const lease = this.leases[replica]!;
    const latency = this.latencies[replica]!;
    const ask = { ...lease.ask(this.now), replica: `r${replica}`, replicas: this.leases.length, wanted };
    this.#asking[replica] = true;
    this.at(this.now + latency, () => {
      const { shared, answer } = exchangeLease(this.shared, this.limit, ask, this.now);
      this.shared = shared;
      this.at(this.now + latency, () => this.#answered(replica, answer));
    });
  }

  #answered(replica: number, answer: LeaseAnswer): void {
    if (this.#dead.has(replica)) return;
    this.#asking[replica] = false;
    this.leases[replica]!.answer(answer, this.now);
    const waiting = this.#waiting[replica]!;
    this.#waiting[replica] = 0;
    for (let request = 0; request < waiting; request++) this.#serve(replica);
  }

  #giveBack(): void {
    this.leases.forEach((lease, replica) => {
      if (lease.isDue(this.now) && !this.#dead.has(replica)) this.#ask(replica, false);
    });
  }
}

describe('replicas that share a bucket by leases', () => {
  const load = fc.record({
    replica: fc.nat(3),
    at: fc.oneof(fc.nat(2_000), fc.nat(20_000)),
    requests: fc.integer({ min: 1, max: 60 }),
  });

  it('together never let through what one bucket would not, whatever the load, the delays and the crashes', () => {
    let admitted = 0;
    fc.assert(
      fc.property(
        fc.record({ perHour: fc.integer({ min: 10, max: 50_000 }), size: fc.integer({ min: 1, max: 300 }) }),
        fc.array(fc.integer({ min: 1, max: 1_200 }), { minLength: 1, maxLength: 4 }),
        fc.array(load, { maxLength: 30 }),
        fc.option(fc.record({ replica: fc.nat(3), at: fc.nat(10_000) })),
        (limit, latencies, loads, crash) => {
          const simulation = new Simulation(limit, latencies);
          for (const { replica, at, requests } of loads)
            for (let request = 0; request < requests; request++)
              simulation.request(NOW + at + request * 3, replica % latencies.length);
          if (crash) simulation.kill(NOW + crash.at, crash.replica % latencies.length);
          simulation.run(30_000);
          expect(simulation.excess).toBe(0);
          admitted += simulation.admitted;
        },
      ),
      { numRuns: 300, endOnFailure: true },
    );
    expect(admitted).toBeGreaterThan(2_000);
  });

  it.each([
    ['even', 3, (request: number) => request % 3],
    ['skewed to one replica', 3, () => 0],
    ['nine parts on one', 3, (request: number) => (request % 10 === 0 ? 1 : 2)],
    ['on a single replica', 1, () => 0],
    ['spread over eight', 8, (request: number) => request % 8],
  ])('let all of a full bucket through within a second when the load is %s', (_, replicas, replicaOf) => {
    for (const size of [1, 2, 10, 200, 1_500]) {
      const limit = { perHour: 100, size };
      const simulation = new Simulation(limit, Array<number>(replicas).fill(2));
      // Each replica has served a request before, and holds what it leased for it.
      const requests = Math.max(400, size * 1.5);
      for (let replica = 0; replica < Math.min(replicas, size); replica++) simulation.request(NOW, replica);
      for (let request = 0; request < requests; request++)
        simulation.request(NOW + 1 + (request * 990) / requests, replicaOf(request));
      simulation.run(1_000);
      expect([size, simulation.admitted]).toEqual([size, size]);
    }
  });

  it('sustain the full rate, and not more, once the bucket is empty', () => {
    const simulation = new Simulation({ perHour: 36_000, size: 50 }, [2, 3, 5]);
    for (let request = 0; request < 4_000; request++) simulation.request(NOW + request * 5, request % 3);
    simulation.run(20_000);
    expect(simulation.excess).toBe(0);
    expect(simulation.admitted).toBeGreaterThan(50 + 200 * 0.97);
  });
});
