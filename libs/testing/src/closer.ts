/** What has been started, to be ended in the opposite order. */
export class Closer {
  private readonly ends: (() => Promise<unknown>)[] = [];

  /** What still starts when it is time to end is waited for, and ended too. */
  open<T>(starting: T | Promise<T>, end: (started: T) => unknown): Promise<T> {
    const started = Promise.resolve(starting);
    this.ends.push(() => started.then(end, () => undefined));
    return started;
  }

  /** All are ended, also when one of them fails to; throws what the first of these threw. */
  readonly close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const end of this.ends.splice(0).reverse()) await end().catch((failure: unknown) => failures.push(failure));
    if (failures.length > 0) throw failures[0];
  };
}

/** Starts in several steps: when one fails, those before it are ended, for what is left running keeps jest from ending. */
export async function opening<T>(start: (closer: Closer) => Promise<T>): Promise<T> {
  const closer = new Closer();
  try {
    return await start(closer);
  } catch (failure) {
    // Why it did not start says more than what then did not end.
    await closer.close().catch(() => undefined);
    throw failure;
  }
}
