import { makePrincipal } from '@musicgen/testing';
import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { Authenticated } from '../authentication/authenticated';
import type { OpenStreams } from '../revocations/open-streams';
import { StreamsService } from './streams.service';

const makeWho = () => ({ principal: makePrincipal() }) as Authenticated;
const makeReply = () => ({ raw: new EventEmitter() }) as unknown as FastifyReply;
const aborted = (until: AbortSignal) =>
  new Promise<void>((resolve) => until.addEventListener('abort', () => resolve()));

function makeStreams() {
  const closers = new Set<() => void>();
  const register = (_: Authenticated, close: () => void) => {
    closers.add(close);
    return () => void closers.delete(close);
  };
  return { streams: new StreamsService({ register } as unknown as OpenStreams), closers };
}

describe('streams', () => {
  it('are at most twenty of a user at once, and again when one of them is over', async () => {
    const { streams } = makeStreams();
    const who = makeWho();
    const reply = makeReply();
    const first = streams.stream(who, reply, aborted);
    for (let i = 1; i < 20; i++) void streams.stream(who, makeReply(), aborted);
    await expect(streams.stream(who, makeReply(), aborted)).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    await expect(streams.stream(makeWho(), makeReply(), async () => 'another')).resolves.toBe('another');
    reply.raw.emit('close');
    await first;
    await expect(streams.stream(who, makeReply(), async () => 'again')).resolves.toBe('again');
  });

  it('are forgotten when they fail', async () => {
    const { streams, closers } = makeStreams();
    const who = makeWho();
    for (let i = 0; i < 30; i++) {
      await expect(streams.stream(who, makeReply(), () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    }
    expect(closers.size).toBe(0);
  });

  it('end with the rights that they were opened with', async () => {
    const { streams, closers } = makeStreams();
    const open = streams.stream(makeWho(), makeReply(), aborted);
    closers.forEach((close) => close());
    await open;
  });

  it('end when the service stops, also those that are opened meanwhile', async () => {
    const { streams } = makeStreams();
    const open = streams.wait(makeWho(), makeReply(), aborted);
    streams.onModuleDestroy();
    await open;
    await streams.wait(makeWho(), makeReply(), async (until) => expect(until.aborted).toBe(true));
  });
});
