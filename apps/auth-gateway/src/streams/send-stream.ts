import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';

/** Gives out bytes or text until it is over or told to stop. */
export type Source = (signal: AbortSignal) => AsyncIterable<string | Uint8Array>;

interface Limits {
  /** Ends the source: the client may come again. */
  until: AbortSignal;
  /** Whoever takes nothing for so long is disconnected. */
  stallMs?: number;
}

/**
 * Sends what a source gives, no faster than it is read: what a slow client has not read yet is not asked for either.
 * Settles when the client has all of it or is gone; the source has been told to stop by then.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  source: Source,
  { until, stallMs = 60_000 }: Limits,
): Promise<void> {
  const stop = new AbortController();
  const body =
    request.method === 'HEAD'
      ? Readable.from([])
      : Readable.from(source(AbortSignal.any([stop.signal, until])), { objectMode: false });
  // Not the body's: that closes only once the source, which may be waiting, has come to an end.
  reply.raw.once('close', () => stop.abort());
  reply.raw.setTimeout(stallMs, () => reply.raw.destroy());
  await reply.send(body);
  stop.abort();
}
