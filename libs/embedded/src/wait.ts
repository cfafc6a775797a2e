import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the probe answers something other than undefined or false; throws when the time is over. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 15_000, everyMs = 25 } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not after ${timeoutMs / 1000} s`);
    await delay(everyMs);
  }
}
