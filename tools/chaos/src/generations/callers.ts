import { AppError } from '@musicgen/error-codes';
import {
  createGeneration,
  listGenerationEvents,
  type GenerationEvent,
  type Principal,
  type RequestInputOf,
  type ResponseOf,
  type RpcContract,
} from '@musicgen/platform-contracts';
import { newCall, newId, type RpcClient } from '@musicgen/service-kit';
import { setTimeout as wait } from 'node:timers/promises';
import type { Asked } from './history';

/** How callers saw the outages. */
export interface Record {
  calls: number;
  /** Ended with SERVICE_UNAVAILABLE or TIMEOUT, and were made again. */
  repeated: number;
  /** Ended otherwise, which an outage does not explain. */
  refused: string[];
  /** Ended after their deadline. */
  late: string[];
  slowestMs: number;
}

export const emptyRecord = (): Record => ({ calls: 0, repeated: 0, refused: [], late: [], slowestMs: 0 });

const callMs = 5_000;
/** For the timers of a busy machine. */
const toleranceMs = 1_000;
const passing = ['SERVICE_UNAVAILABLE', 'TIMEOUT'];
const again = (failure: AppError) => passing.includes(failure.code);

/** Calls as a client that is built well does: what failed in passing is asked again, with the same id. */
export function patientCaller(client: RpcClient, record: Record) {
  return async <C extends RpcContract>(
    contract: C,
    request: RequestInputOf<C>,
    principal: Principal,
  ): Promise<ResponseOf<C>> => {
    for (;;) {
      const began = performance.now();
      record.calls++;
      try {
        return await client.call(contract, request, newCall(principal, callMs));
      } catch (error) {
        const failure = error as AppError;
        if (!again(failure)) {
          record.refused.push(`${contract.subject}: ${failure.code} ${failure.details}`);
          throw error;
        }
        record.repeated++;
      } finally {
        const ms = performance.now() - began;
        record.slowestMs = Math.max(record.slowestMs, Math.round(ms));
        if (ms > callMs + toleranceMs) record.late.push(`${contract.subject} took ${Math.round(ms)} ms`);
      }
      await wait(100 + Math.random() * 200);
    }
  };
}

type Caller = ReturnType<typeof patientCaller>;

/** What is asked for, by turns. */
const wishes = [
  { prompt: 'upbeat jazz with saxophone', duration: 2, formats: ['mp3'] },
  { prompt: 'slow ambient pads', duration: 3, formats: ['wav', 'mp3'] },
  { prompt: 'techno', duration: 1, formats: ['flac'] },
  { prompt: 'acoustic folk, no drums', duration: 1.5, formats: ['mp3'], midi: true },
] as const;

/** A user who has a few generations going at any time, until all that he wants are done, and follows each of them. */
export class User {
  readonly asked: Asked[] = [];
  readonly followed = new Map<string, GenerationEvent[]>();
  done = 0;

  constructor(
    private readonly call: Caller,
    private readonly principal: Principal,
    private readonly wanted: number,
    private readonly atOnce: number,
  ) {}

  async run(): Promise<void> {
    const unfinished = new Map<string, Principal>();
    while (this.done < this.wanted) {
      while (this.asked.length < this.wanted && unfinished.size < this.atOnce) {
        const { id, as } = await this.askForOne(this.asked.length);
        unfinished.set(id, as);
      }
      for (const [id, as] of unfinished) {
        if (!(await this.follow(id, as))) continue;
        unfinished.delete(id);
        this.done++;
      }
      await wait(100);
    }
  }

  private async askForOne(index: number): Promise<{ id: string; as: Principal }> {
    const id = newId('gen');
    const mode = index % 2 === 0 ? 'live' : 'test';
    const as = { ...this.principal, mode } as const;
    const ask = () =>
      this.call(
        createGeneration,
        { id, request: { ...wishes[index % wishes.length]!, formats: [...wishes[index % wishes.length]!.formats] } },
        as,
      );
    // Some clients ask twice at once, as with a double click.
    await Promise.all(index % 10 === 0 ? [ask(), ask()] : [ask()]);
    this.asked.push({ id, userId: as.user_id, mode });
    return { id, as };
  }

  /** True once there will be no more. */
  private async follow(id: string, as: Principal): Promise<boolean> {
    const seen = this.followed.get(id) ?? [];
    const { data, is_over: isOver } = await this.call(
      listGenerationEvents,
      { id, after: seen.at(-1)?.number ?? 0 },
      as,
    );
    this.followed.set(id, [...seen, ...data]);
    return isOver;
  }
}
