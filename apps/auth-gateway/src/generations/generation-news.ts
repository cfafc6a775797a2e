import { generationProgressed } from '@musicgen/platform-contracts';
import { LiveEvents } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Waits for news of one generation; what came before it is asked is not missed. */
export interface Watch {
  /** Settles with the next news since it settled last, when the time is over, or when the signal aborts. */
  changed(withinMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Hears once for the whole process which generations have news, and wakes those here who follow them. */
@Injectable()
export class GenerationNews implements OnApplicationBootstrap {
  private readonly followers = new Map<string, Set<() => void>>();

  constructor(private readonly live: LiveEvents) {}

  onApplicationBootstrap(): void {
    this.live.subscribe(generationProgressed, ({ generation_id: id }) => this.tell(id));
  }

  tell(id: string): void {
    this.followers.get(id)?.forEach((wake) => wake());
  }

  watch(id: string): Watch {
    let isNews = false;
    let wake = () => {};
    const follower = () => {
      isNews = true;
      wake();
    };
    const followers = this.followers.get(id) ?? new Set();
    this.followers.set(id, followers.add(follower));
    return {
      changed: (withinMs, signal) =>
        new Promise((resolve) => {
          const settle = () => {
            isNews = false;
            wake = () => {};
            clearTimeout(timer);
            signal.removeEventListener('abort', settle);
            resolve();
          };
          const timer = setTimeout(settle, withinMs);
          signal.addEventListener('abort', settle);
          wake = settle;
          if (isNews || signal.aborted) settle();
        }),
      close: () => {
        followers.delete(follower);
        if (followers.size === 0) this.followers.delete(id);
      },
    };
  }
}
