import { AppError } from '@musicgen/error-codes';
import {
  findPreview,
  getGeneration,
  listGenerationEvents,
  type Generation,
  type RequestInputOf,
  type ResponseOf,
  type RpcContract,
} from '@musicgen/platform-contracts';
import { RpcClient, Storage, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { heartbeat, opening, textOf } from '../streams/server-sent-events';
import { GenerationNews } from './generation-news';

/** News that NATS lost is found by asking. */
const askAgainMs = 3_000;
const heartbeatMs = 15_000;
/** What passes by itself: who follows a generation does not notice. */
const passing = ['SERVICE_UNAVAILABLE', 'TIMEOUT', 'INTERNAL_ERROR'];

export type EventPage = ResponseOf<typeof listGenerationEvents>;

/** Follows generations while they are made. The service is asked, news only say when: so nothing is missed or told twice. */
@Injectable()
export class GenerationFollowing {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
    private readonly news: GenerationNews,
  ) {}

  eventsAfter(call: Call, id: string, after: number): Promise<EventPage> {
    return this.ask(listGenerationEvents, { id, after }, call);
  }

  /** Server-sent events, beginning with a page that was asked for already. Ends with the generation. */
  async *events(call: Call, { id, after }: { id: string; after: number }, page: EventPage, signal: AbortSignal) {
    const watch = this.news.watch(id);
    try {
      yield opening;
      let quietSince = performance.now();
      // What happened between the first page and the watch.
      let next: EventPage | undefined = page;
      while (!signal.aborted) {
        for (const { number, type, data } of next?.data ?? []) {
          yield textOf({ id: number, event: type, data });
          after = number;
          quietSince = performance.now();
        }
        if (next?.is_over) return;
        if (next?.data.length === 0 || !next) await watch.changed(askAgainMs, signal);
        if (performance.now() - quietSince >= heartbeatMs) {
          yield heartbeat;
          quietSince = performance.now();
        }
        if (signal.aborted) return;
        next = await this.eventsAfter(call, id, after).catch(unlessPassing);
      }
    } catch (error) {
      // It was deleted: there is no more to tell.
      if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
    } finally {
      watch.close();
    }
  }

  /** The generation once it is over, or as it is when the time is. */
  async untilDone(call: Call, generation: Generation, withinMs: number, signal: AbortSignal): Promise<Generation> {
    const { id } = generation;
    const end = performance.now() + withinMs;
    const watch = this.news.watch(id);
    try {
      let now = generation;
      while (now.state !== 'done' && performance.now() < end && !signal.aborted) {
        await watch.changed(Math.min(askAgainMs, end - performance.now()), signal);
        now = (await this.ask(getGeneration, { id }, call).catch(unlessPassing)) ?? now;
      }
      return now;
    } finally {
      watch.close();
    }
  }

  /**
   * Waits until the preview can be heard. `music`: there is none, for the music itself is there; `nothing`: not in this time.
   * Throws when there never will be one.
   */
  async untilHeard(call: Call, id: string, withinMs: number, signal: AbortSignal) {
    const end = performance.now() + withinMs;
    const watch = this.news.watch(id);
    try {
      while (!signal.aborted) {
        const found = await this.ask(findPreview, { id, from: 0 }, call);
        if (found.keys.length > 0) return 'preview';
        if (found.is_complete) return 'music';
        if (performance.now() >= end) break;
        await watch.changed(Math.min(askAgainMs, end - performance.now()), signal);
      }
      return 'nothing';
    } finally {
      watch.close();
    }
  }

  /** One piece after the other, as they are made. Throws when the generation fails, so that nobody takes a part for all of it. */
  async *preview(call: Call, id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const watch = this.news.watch(id);
    try {
      for (let from = 0; ;) {
        signal.throwIfAborted();
        const found = await this.ask(findPreview, { id, from }, call).catch(unlessPassing);
        for (const key of found?.keys ?? []) {
          if (!(await this.isThere(key, found!.is_complete))) break;
          yield* this.storage.read(key) as AsyncIterable<Uint8Array>;
          from += 1;
        }
        if (found?.is_complete) return;
        await watch.changed(askAgainMs, signal);
      }
    } finally {
      watch.close();
    }
  }

  /** The pieces of a start that failed are removed, and made again by the next one; those of the last start are there. */
  private async isThere(key: string, isComplete: boolean): Promise<boolean> {
    const isThere = await this.storage.exists(key);
    if (!isThere && isComplete) throw new AppError('INTERNAL_ERROR', { cause: new Error(`${key} is not in storage`) });
    return isThere;
  }

  /** Each question has its own time: who follows a generation does so for longer than a request lasts. */
  private ask<C extends RpcContract>(contract: C, request: RequestInputOf<C>, call: Call): Promise<ResponseOf<C>> {
    return this.rpc.call(contract, request, { ...call, deadline: Date.now() + contract.timeoutMs });
  }
}

function unlessPassing(error: unknown): undefined {
  if (!(error instanceof AppError) || !passing.includes(error.code)) throw error;
}
