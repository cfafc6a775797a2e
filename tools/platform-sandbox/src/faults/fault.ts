import { z } from 'zod';
import type { Call } from '../http/call';
import { pathMatcher } from '../journal';
import type { Caller } from '../platform';
import type { World } from '../state/world';

/** Failures that any platform can have: of the network, of what stands before it, of the bytes. */
export const commonFailures = {
  cut: 'The connection ends with no answer',
  cut_body: 'The connection ends in the middle of the body',
  hang: 'No answer comes, until the caller gives up',
  hold: 'The answer waits until the fault is released or removed',
  slow: 'The answer comes, delay_ms later',
  html_error: 'A proxy says with a page that it has no answer',
  malformed_json: 'The answer ends early',
  empty_body: 'The answer has no body',
  custom: 'What status, headers and body of the fault say',
} as const;

/** What can be asked of `POST /_sandbox/faults`. Without a filter it hits every request to a platform. */
export const faultRequest = z.strictObject({
  /** One of `commonFailures`, or of a platform's own. */
  failure: z.string(),
  platform: z.string().optional(),
  host: z.string().optional(),
  method: z.string().optional(),
  /** Below the host; `*` stands for anything. */
  path: z.string().optional(),
  client: z.string().optional(),
  user: z.string().optional(),
  grantType: z.string().optional(),
  /** So many requests pass before the first one is hit. */
  skip: z.int().min(0).default(0),
  /** So many are hit; null: all, until the fault is removed. */
  times: z.int().min(1).nullable().default(null),
  /** On the virtual clock. */
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  /** Whether the platform does what was asked for before it fails: `after` is how rotated tokens get lost. */
  when: z.enum(['before', 'after']).optional(),
  delayMs: z.int().min(0).max(600_000).default(0),
  /** Seconds; `date:<seconds>` for an HTTP date; null for none; any other text is sent as it is. */
  retryAfter: z.union([z.int(), z.string(), z.null()]).optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/** A fault in force. */
export interface Fault extends z.output<typeof faultRequest> {
  readonly id: string;
  readonly hits: number;
  readonly seen: number;
}

/** The faults in force. */
export const faults = (world: World) => world.table<Fault>('faults');

/** Whether any platform can have the failure. */
export const isCommon = (failure: string): boolean => Object.hasOwn(commonFailures, failure);

/** The first fault that hits this request; it is counted. One for all platforms passes those by that cannot fail so. */
export function strike(call: Call, caller: Caller, world: World, own: object): Fault | undefined {
  const now = world.clock.now();
  const canFail = ({ failure }: Fault) => isCommon(failure) || Object.hasOwn(own, failure);
  const fitting = faults(world).list((fault) => canFail(fault) && fits(fault, call, caller, now));
  for (const { id, seen, hits, skip, times } of fitting) {
    const isHit = seen >= skip && (times === null || hits < times);
    const counted = faults(world).update(id, { seen: seen + 1, hits: isHit ? hits + 1 : hits });
    if (isHit) return counted;
  }
  return undefined;
}

function fits(fault: Fault, call: Call, caller: Caller, now: number): boolean {
  const exact = [
    [fault.platform, call.target.platform],
    [fault.host, call.target.host],
    [fault.method, call.method],
    [fault.client, caller.client],
    [fault.user, caller.user],
    [fault.grantType, call.form().get('grant_type')],
  ] as const;
  return (
    exact.every(([wanted, given]) => wanted === undefined || wanted === given) &&
    (fault.path === undefined || pathMatcher(fault.path)(call.path)) &&
    (fault.from === undefined || Date.parse(fault.from) <= now) &&
    (fault.until === undefined || now < Date.parse(fault.until))
  );
}
