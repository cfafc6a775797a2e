/**
 * Loaded before a service (`node --require`), and into the scenario itself: what asks for the time gets it, moved ahead as
 * told. Timers are not moved.
 */
const RealDate = Date;
let aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const now = () => RealDate.now() + aheadMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

/** What a process with this clock is told by the one that started it. */
export interface ClockMessage {
  clockAheadMs: number;
}

export function setClock(ms: number): void {
  aheadMs = ms;
}

process.on('message', ({ clockAheadMs }: ClockMessage) => setClock(clockAheadMs));
// Nobody stays up for it.
process.channel?.unref();
