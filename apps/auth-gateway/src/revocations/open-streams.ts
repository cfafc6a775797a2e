import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Authenticated } from '../authentication/authenticated';
import { Revocations } from './revocations.service';

/** How often streams are looked through for keys that have expired meanwhile. */
const sweepEveryMs = 1_000;

interface OpenStream {
  ids: ReadonlySet<string | undefined>;
  expiresAt: number;
  close: () => void;
}

/** Answers that go on (server-sent events): they end when the rights they were opened with change or expire. */
@Injectable()
export class OpenStreams implements OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private readonly timer = setInterval(() => this.closeExpired(Date.now()), sweepEveryMs).unref();

  constructor(revocations: Revocations) {
    revocations.onChange((id) => this.close(({ ids }) => id === null || ids.has(id)));
  }

  /**
   * `close` is called once, within a second after the stream's key, session or user was announced as changed; whoever may
   * still listen opens it again. Call what is given back when the stream ends by itself.
   */
  register({ principal, expiresAt }: Authenticated, close: () => void): () => void {
    const ids = new Set([principal.user_id, principal.key_id, principal.session_id]);
    const stream: OpenStream = { ids, expiresAt: expiresAt ?? Infinity, close };
    this.streams.add(stream);
    return () => void this.streams.delete(stream);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.close(() => true);
  }

  private closeExpired(now: number): void {
    this.close(({ expiresAt }) => expiresAt <= now);
  }

  private close(isOver: (stream: OpenStream) => boolean): void {
    for (const stream of this.streams) {
      if (!isOver(stream)) continue;
      this.streams.delete(stream);
      stream.close();
    }
  }
}
