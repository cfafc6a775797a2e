import { until as eventually } from '@musicgen/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import net from 'node:net';
import { sendStream, type Source } from './send-stream';

let server: FastifyInstance;
let stopped: boolean;
let given: number;
const ending = () => new AbortController();

async function serve(source: Source, { over = ending(), stallMs = 60_000 } = {}): Promise<number> {
  stopped = false;
  given = 0;
  server = fastify({ forceCloseConnections: true });
  server.get('/', async (request, reply) => {
    await sendStream(request, reply.type('text/plain'), source, { until: over.signal, stallMs });
    stopped = true;
    return reply;
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return (server.server.address() as net.AddressInfo).port;
}
afterEach(() => server.close());

const waitFor = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

async function* endless(signal: AbortSignal) {
  for (; !signal.aborted; given++) {
    await new Promise(setImmediate);
    yield 'x'.repeat(10_000);
  }
}

describe('a stream', () => {
  it('comes whole, and the source is left when it is over', async () => {
    const port = await serve(async function* () {
      yield 'one ';
      yield 'two';
    });
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('one two');
    await eventually(() => stopped);
  });

  it('stops its source when the client goes', async () => {
    const port = await serve(async function* (signal) {
      yield 'one';
      await waitFor(signal);
    });
    const leave = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}`, { signal: leave.signal });
    await response.body!.getReader().read();
    expect(stopped).toBe(false);
    leave.abort();
    await eventually(() => stopped);
  });

  it('ends when it must', async () => {
    const over = ending();
    const source: Source = async function* (signal) {
      yield 'one';
      await waitFor(signal);
    };
    const port = await serve(source, { over });
    const response = await fetch(`http://127.0.0.1:${port}`);
    over.abort();
    expect(await response.text()).toBe('one');
  });

  it('is given no faster than it is read, and whoever reads nothing is disconnected', async () => {
    const port = await serve(endless, { stallMs: 2_000 });
    const socket = net.connect(port, '127.0.0.1').pause();
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => stopped);
    // What the sockets of both sides hold, and no more.
    expect(given).toBeGreaterThan(1);
    expect(given * 10_000).toBeLessThan(50_000_000);
    socket.destroy();
  });

  it('has no body for HEAD, and asks its source for nothing', async () => {
    const port = await serve(endless);
    const response = await fetch(`http://127.0.0.1:${port}`, { method: 'HEAD' });
    expect({ status: response.status, text: await response.text(), given }).toEqual({
      status: 200,
      text: '',
      given: 0,
    });
  });
});
