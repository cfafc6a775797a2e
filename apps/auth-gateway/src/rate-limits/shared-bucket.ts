import { type BucketLimit, nextTokenMs, refilled, wholeTokens } from './bucket';

/**
 * How long a replica may spend a lease. The contract allows an early refusal for one second in all: what is left of it is
 * for the news to travel, and for taking the last tokens one by one.
 */
export const LEASE_MS = 600;
/** How long an empty bucket is taken for empty: shorter while others hold leases, because those may come back. */
const REFUSAL_MS = { leased: 50, empty: 1_000 } as const;
/** After this no replica spends a lease, however late it came. */
export const LEASE_LATEST_MS = 3_000;
/** After this the lease of a replica that went silent counts as spent; later than the latest, for clocks that differ. */
const FORGET_MS = 5_000;

/** The bucket all replicas share, as one row. Times are milliseconds of the database's clock. */
export interface SharedBucket {
  tokens: number;
  updatedAt: number;
  leases: Readonly<Record<string, { granted: number; at: number }>>;
}

export interface LeaseAsk {
  replica: string;
  /** How many replicas are alive. */
  replicas: number;
  /** Left of the replica's lease. */
  unspent: number;
  /** What it spent without a lease while the database was away. */
  owed: number;
  /** Keep what is unspent and add to it, rather than give it back. */
  keep: boolean;
  /** False: only settle. */
  wanted: boolean;
}

export interface LeaseAnswer {
  /** What the replica still holds of its old lease, and what it got now. */
  held: number;
  granted: number;
  /** What is left in the shared bucket, for RateLimit's `r`. */
  left: number;
  /** When it was empty: when to ask again. */
  waitMs: number;
}

export function fullSharedBucket(limit: BucketLimit, now: number): SharedBucket {
  return { tokens: limit.size, updatedAt: now, leases: {} };
}

/**
 * Settles a replica's lease and grants the next: up to 1/(4·replicas) of what remains, one token near the end. The bucket counts
 * a lease as held, whole, until it is settled: it refills to its size less all leases, so that tokens in it and tokens out
 * on lease together are never more than one bucket's worth. Run it on the locked row.
 */
export function exchangeLease(shared: SharedBucket, limit: BucketLimit, ask: LeaseAsk, now: number) {
  const { [ask.replica]: own, ...others } = shared.leases;
  const refilledTokens = refill(shared, limit, now);
  const held = ask.keep ? Math.max(0, Math.min(ask.unspent, own?.granted ?? 0)) : 0;
  // A lease that was forgotten counts as spent: nothing comes back from it.
  const tokens = refilledTokens + Math.min(ask.unspent, own?.granted ?? 0) - held - ask.owed;
  const granted = ask.wanted ? Math.max(0, share(tokens, held, ask.replicas)) : 0;
  const leases = Object.fromEntries(Object.entries(others).filter(([, { at }]) => now - at < FORGET_MS));
  const refusalMs = Object.keys(leases).length > 0 ? REFUSAL_MS.leased : REFUSAL_MS.empty;
  if (held + granted > 0) leases[ask.replica] = { granted: held + granted, at: now };
  const left = tokens - granted;
  const bucket: SharedBucket = { tokens: left, updatedAt: Math.max(now, shared.updatedAt), leases };
  const isEmpty = ask.wanted && wholeTokens(tokens) < 1;
  const waitMs = isEmpty ? Math.min(refusalMs, nextTokenMs(limit, tokens)) : 0;
  return { shared: bucket, answer: { held, granted, left: wholeTokens(left), waitMs } satisfies LeaseAnswer };
}

function refill({ tokens, updatedAt, leases }: SharedBucket, limit: BucketLimit, now: number): number {
  const out = Object.values(leases).reduce((sum, { granted }) => sum + granted, 0);
  const full = Math.max(tokens, limit.size - out);
  return Math.min(full, tokens + refilled(limit, Math.max(0, now - updatedAt)));
}

/** What fills `held` up to the replica's share: whoever renews a lease that he hardly spends gathers nothing. */
function share(tokens: number, held: number, replicas: number): number {
  const available = wholeTokens(tokens);
  const whole = Math.max(1, Math.floor((available + held) / (4 * Math.max(1, replicas))));
  return Math.min(available, whole - held);
}
