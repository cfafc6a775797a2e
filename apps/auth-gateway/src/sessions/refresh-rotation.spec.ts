import fc from 'fast-check';
import {
  presentRefreshToken,
  REFRESH_ABSOLUTE_MS,
  REFRESH_GRACE_MS,
  REFRESH_IDLE_MS,
  type RefreshFamily,
  startRefreshFamily,
} from './refresh-rotation';

const START = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR = 3_600_000;
// The same ones in every run: what fails, fails again.
const HISTORIES = { numRuns: 10_000, seed: 7 };

/** The service as its clients see it: one row, and what it answered. */
class Server {
  row: RefreshFamily = startRefreshFamily(START);
  now = START;
  readonly firstUse = new Map<number, number>();

  /** The new token's number, or what the refusal was. */
  present(n: number): number | 'reuse' | 'expired' | 'unissued' {
    const decision = presentRefreshToken(this.row, n, this.now);
    if (!('answerN' in decision)) return decision.kind;
    this.row = decision.row;
    if (!this.firstUse.has(n)) this.firstUse.set(n, this.now);
    return decision.answerN;
  }

  /** The contract in terms of what happened, without looking at the row. */
  isOlder(n: number): boolean {
    const successorUsed = this.firstUse.get(n + 1);
    return this.firstUse.has(n + 2) || (successorUsed !== undefined && this.now - successorUsed > REFRESH_GRACE_MS);
  }
}

describe('rotation confirmed by use', () => {
  it('answers the current token with the next one, however often', () => {
    const server = new Server();
    for (let time = 0; time < 5; time++, server.now += HOUR) expect(server.present(0)).toBe(1);
  });

  it('makes the next token current when it is used', () => {
    const server = new Server();
    expect([server.present(0), server.present(1), server.present(2)]).toEqual([1, 2, 3]);
    expect(server.row.currentN).toBe(2);
  });

  it('answers the token before with the current one for 60 seconds, then takes it for reuse', () => {
    const server = new Server();
    server.present(0);
    server.present(1);
    server.now += REFRESH_GRACE_MS;
    expect(server.present(0)).toBe(1);
    expect(server.row.currentN).toBe(1);
    server.now += 1;
    expect(server.present(0)).toBe('reuse');
  });

  it('does not begin the 60 seconds anew when the current token is used again', () => {
    const server = new Server();
    server.present(0);
    server.present(1);
    server.now += 50_000;
    server.present(1);
    server.now += 11_000;
    expect(server.present(0)).toBe('reuse');
  });

  it('takes the token before the last for reuse at once', () => {
    const server = new Server();
    [0, 1, 2].forEach((n) => server.present(n));
    expect(server.present(0)).toBe('reuse');
  });

  it('refuses a genuine token that it never gave, as after the restore of a backup', () => {
    const server = new Server();
    expect(server.present(1)).toBe('unissued');
    server.present(0);
    expect(server.present(2)).toBe('unissued');
  });

  it('ends after 30 days without use and after 90 days with it', () => {
    const idle = new Server();
    idle.now += REFRESH_IDLE_MS - 1;
    expect(idle.present(0)).toBe(1);
    idle.now += REFRESH_IDLE_MS;
    expect(presentRefreshToken(idle.row, 0, idle.now)).toEqual({ kind: 'expired', reason: 'idle' });
    const busy = new Server();
    for (; busy.now < START + REFRESH_ABSOLUTE_MS; busy.now += REFRESH_IDLE_MS / 2) expect(busy.present(0)).toBe(1);
    expect(presentRefreshToken(busy.row, 0, busy.now)).toEqual({ kind: 'expired', reason: 'absolute' });
  });
});

describe('the two published kinds of client', () => {
  it('that stores each new token gets through three refreshes and a concurrent pair', () => {
    const server = new Server();
    let stored = 0;
    for (let refresh = 0; refresh < 3; refresh++, server.now += HOUR) stored = server.present(stored) as number;
    const pair = [server.present(stored), server.present(stored)];
    expect(pair).toEqual([4, 4]);
    expect(server.present(4)).toBe(5);
  });

  it('that keeps its first token gets through three refreshes and a concurrent pair', () => {
    const server = new Server();
    for (let refresh = 0; refresh < 3; refresh++, server.now += HOUR) expect(server.present(0)).toBe(1);
    expect([server.present(0), server.present(0)]).toEqual([1, 1]);
  });
});

describe('over 10,000 random histories', () => {
  const arrival = fc.record({
    afterMs: fc.integer({ min: 0, max: 9_000 }),
    answer: fc.constantFrom('stored' as const, 'late' as const, 'lost' as const),
    rereads: fc.boolean(),
  });
  const round = fc.record({
    pauseMs: fc.integer({ min: REFRESH_GRACE_MS, max: 20 * 24 * HOUR }),
    arrivals: fc.array(arrival, { minLength: 1, maxLength: 6 }),
  });

  /**
   * Tabs that share a storage refresh when their access token runs out: in each round some present what the storage held
   * when the round began, one may present what another has stored meanwhile, answers come at once, late (and overwrite
   * a newer one) or never.
   */
  it('no client that stores new tokens is ever logged out', () => {
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 12 }), (rounds) => {
        const server = new Server();
        let stored = 0;
        for (const { pauseMs, arrivals } of rounds) {
          server.now += pauseMs;
          const held = stored;
          const late: number[] = [];
          for (const { afterMs, answer, rereads } of arrivals) {
            server.now += afterMs;
            if (server.now - START >= REFRESH_ABSOLUTE_MS) return;
            const answered = server.present(rereads ? Math.min(stored, held + 1) : held);
            if (typeof answered === 'string') throw new Error(`logged out: ${answered}`);
            if (answer === 'stored') stored = answered;
            if (answer === 'late') late.push(answered);
          }
          stored = late.at(-1) ?? stored;
        }
      }),
      HISTORIES,
    );
  });

  it('no client that keeps its first token is ever logged out', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: REFRESH_IDLE_MS - 1 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pauses, (history) => {
        const server = new Server();
        for (const pause of history) {
          server.now += pause;
          if (server.now - START >= REFRESH_ABSOLUTE_MS) return;
          expect(server.present(0)).toBe(1);
        }
      }),
      HISTORIES,
    );
  });

  /** Client, tabs, thief: whoever has any token that was ever given presents it at any time. */
  it('a token is found as reuse exactly when it is older than the contract allows', () => {
    const step = fc.record({
      pauseMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 0, max: 24 * HOUR })),
      // Mostly one of the newest three, where the boundaries lie.
      back: fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(30) }),
    });
    const seen = { older: 0, accepted: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const server = new Server();
        let newest = 0;
        for (const { pauseMs, back } of steps) {
          server.now += pauseMs;
          const n = Math.max(0, newest - back);
          const older = server.isOlder(n);
          const answered = server.present(n);
          expect(answered === 'reuse').toBe(older);
          seen[older ? 'older' : 'accepted']++;
          if (typeof answered === 'string') return;
          newest = Math.max(newest, answered);
        }
      }),
      HISTORIES,
    );
    expect(seen.older).toBeGreaterThan(1_000);
    expect(seen.accepted).toBeGreaterThan(10_000);
  });

  it('a thief and the client that was robbed are never both let in for longer than the grace', () => {
    const pause = fc.integer({ min: REFRESH_GRACE_MS + 1, max: 24 * HOUR });
    fc.assert(
      fc.property(fc.nat(5), pause, fc.boolean(), (before, pauseMs, keeper) => {
        const server = new Server();
        let client = 0;
        for (let refresh = 0; refresh < before && !keeper; refresh++, server.now += HOUR)
          client = server.present(client) as number;
        const thief = server.present(client) as number;
        expect(server.present(thief)).toBe(thief + 1);
        server.now += pauseMs;
        expect(server.present(client)).toBe('reuse');
      }),
      HISTORIES,
    );
  });
});
