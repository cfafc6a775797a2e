import { z } from 'zod';
import { get, post, remove, type Route } from '../http/route';
import type { ControlRoom } from './control';
import { ControlProblem } from './problem';
import { answer, bodyOf } from './wire';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const move = z.strictObject({
  /** Seconds, or `90s`, `15m`, `2h`, `7d`. */
  advance: z.union([z.number(), z.string().regex(/^\d+(ms|s|m|h|d)$/)]).optional(),
  set: z.iso.datetime().optional(),
  frozen: z.boolean().optional(),
});

/** GET, POST (advance, set, frozen) and DELETE (back to this machine's time). */
export function clockRoutes({ world, dispatcher }: ControlRoom): Route[] {
  const show = () => {
    const { offsetMs, frozenAtMs } = world.clock.state;
    return answer(200, { now: new Date(world.clock.now()).toISOString(), offsetMs, isFrozen: frozenAtMs !== null });
  };
  const moved = () => {
    world.touch();
    dispatcher.tick();
    return show();
  };
  return [
    get('/clock', show),
    post('/clock', (call) => {
      const { advance, set, frozen } = bodyOf(call, move);
      if (frozen !== undefined) void (frozen ? world.clock.freeze() : world.clock.unfreeze());
      if (set !== undefined) world.clock.set(Date.parse(set));
      if (advance !== undefined) world.clock.advance(durationMs(advance));
      return moved();
    }),
    remove('/clock', () => {
      world.clock.reset();
      return moved();
    }),
  ];
}

function durationMs(duration: number | string): number {
  if (typeof duration === 'number') return duration * 1000;
  const [, count, unit] = /^(\d+)(\D+)$/.exec(duration) ?? [];
  if (!count || !unit) throw new ControlProblem(400, 'advance must be seconds, or for example 90s, 15m, 2h, 7d');
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
