import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the answer is truthy, and gives it back; throws when it never is. */
export async function until<T>(
  question: () => T | Promise<T>,
  what = 'a condition',
  withinMs = 60_000,
): Promise<Exclude<T, false | null | undefined>> {
  for (const end = Date.now() + withinMs; ;) {
    const answer = await question();
    if (answer) return answer as Exclude<T, false | null | undefined>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await wait(20);
  }
}
