import { AppError } from '@musicgen/error-codes';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Authenticated } from '../authentication/authenticated';
import { OpenStreams } from '../revocations/open-streams';

const perUserMax = 20;

/** Answers that go on for long: they end with the rights they were asked with, and when the service stops. */
@Injectable()
export class StreamsService implements OnModuleDestroy {
  /** By user: one who forgets his streams does not take everybody's. */
  private readonly open = new Map<string, number>();
  private readonly endings = new Set<() => void>();
  private isStopping = false;

  constructor(private readonly openStreams: OpenStreams) {}

  onModuleDestroy(): void {
    this.isStopping = true;
    this.endings.forEach((end) => end());
  }

  /** Does work that sends a stream. Throws RATE_LIMIT_EXCEEDED when the user has as many open as he may. */
  async stream<T>(who: Authenticated, reply: FastifyReply, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    const userId = who.principal.user_id;
    const count = this.open.get(userId) ?? 0;
    if (count >= perUserMax) {
      throw new AppError('RATE_LIMIT_EXCEEDED', {
        details: `At most ${perUserMax} streams may be open at once; close one of them`,
        retryAfterSeconds: 5,
      });
    }
    this.open.set(userId, count + 1);
    try {
      return await this.wait(who, reply, work);
    } finally {
      const left = this.open.get(userId)! - 1;
      if (left === 0) this.open.delete(userId);
      else this.open.set(userId, left);
    }
  }

  /** Does work that waits before it answers; `until` aborts when nobody waits for it, or may wait for it, any more. */
  async wait<T>(who: Authenticated, reply: FastifyReply, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const end = () => over.abort();
    if (this.isStopping) end();
    this.endings.add(end);
    const unregister = this.openStreams.register(who, end);
    reply.raw.once('close', end);
    try {
      return await work(over.signal);
    } finally {
      unregister();
      this.endings.delete(end);
      reply.raw.off('close', end);
    }
  }
}
