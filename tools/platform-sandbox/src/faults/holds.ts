/** Requests that wait for somebody to let them go. */
export class Holds {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Waits until the fault is released. */
  async wait(faultId: string): Promise<void> {
    const held = this.waiting.get(faultId) ?? new Set();
    this.waiting.set(faultId, held);
    await new Promise<void>((resolve) => held.add(resolve));
  }

  count(faultId: string): number {
    return this.waiting.get(faultId)?.size ?? 0;
  }

  /** Lets all go that wait; returns how many. */
  release(faultId: string): number {
    const held = this.waiting.get(faultId) ?? new Set();
    this.waiting.delete(faultId);
    for (const resolve of held) resolve();
    return held.size;
  }

  releaseAll(): void {
    for (const faultId of [...this.waiting.keys()]) this.release(faultId);
  }
}
