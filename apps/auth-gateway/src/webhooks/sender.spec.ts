import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { Sender, type Lookup } from './sender';

const loopback = ['127.0.0.0/8'];
const servers: { close(): unknown }[] = [];
const senders: Sender[] = [];

afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.onApplicationShutdown()));
  servers.splice(0).forEach((server) => server.close());
});

const makeSender = (...args: ConstructorParameters<typeof Sender>) => {
  const sender = new Sender(...args);
  senders.push(sender);
  return sender;
};
async function listening<S extends Server | ReturnType<typeof createNetServer>>(server: S): Promise<number> {
  servers.push({ close: () => ('closeAllConnections' in server && server.closeAllConnections(), server.close()) });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
const receiver = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listening(createServer(listener))}/hook`;
const post = (sender: Sender, url: string, signal = new AbortController().signal) =>
  sender.post(url, { 'webhook-id': 'dlv_1' }, '{"a":1}', signal);
/** A name server for which each name stands for these addresses, one set after the other. */
const names =
  (...answers: string[][]): Lookup =>
  (_host, _options, answered) => {
    const addresses = (answers.length > 1 ? answers.shift()! : answers[0]!).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    answered(null, addresses);
  };

describe('a delivery', () => {
  it('arrives as it was signed, and an answer 2xx ends it', async () => {
    const seen: unknown[] = [];
    const url = await receiver(async (request, response) => {
      seen.push(request.method, request.url, request.headers, Buffer.concat(await request.toArray()).toString());
      response.writeHead(202).end('thanks');
    });
    expect(await post(makeSender(loopback), url)).toEqual({ status: 202, body: 'thanks', problem: null });
    expect(seen).toEqual([
      'POST',
      '/hook',
      expect.objectContaining({ 'content-type': 'application/json', 'webhook-id': 'dlv_1' }),
      '{"a":1}',
    ]);
  });

  it.each([
    [500, 'the answer was 500'],
    [404, 'the answer was 404'],
    [302, 'redirects are not followed'],
  ])('that is answered with %i has a problem: %s', async (status, problem) => {
    let requests = 0;
    const url = await receiver((_request, response) => {
      requests++;
      response.writeHead(status, { location: '/elsewhere' }).end('no');
    });
    expect(await post(makeSender(loopback), url)).toEqual({ status, body: 'no', problem });
    expect(requests).toBe(1);
  });

  it('keeps only the beginning of an endless answer, and waits for no more', async () => {
    const url = await receiver((_request, response) => {
      const pour = (): unknown => response.write('x'.repeat(65_536), () => !response.destroyed && pour());
      pour();
    });
    const { status, body } = await post(makeSender(loopback), url);
    expect({ status, length: body?.length }).toEqual({ status: 200, length: 2_048 });
  });

  it('says in its own words why there was no answer', async () => {
    const closed = await listening(createNetServer());
    servers.splice(0).forEach((server) => server.close());
    const cut = await listening(createNetServer((socket) => socket.destroy()));
    const sender = makeSender(loopback);
    const problems = await Promise.all(
      [closed, cut].map(async (port) => (await post(sender, `http://127.0.0.1:${port}/`)).problem),
    );
    expect(problems).toEqual(['the connection was refused', 'the connection was cut']);
  });

  it('ends with the reason when it is stopped', async () => {
    const stop = new AbortController();
    const url = await receiver(() => stop.abort(new Error('parked')));
    await expect(post(makeSender(loopback), url, stop.signal)).rejects.toThrow('parked');
  });
});

describe('what a name stands for', () => {
  /** Notes each connection, and would answer it. */
  const trap = async () => {
    const sockets: Socket[] = [];
    const port = await listening(createNetServer((socket) => sockets.push(socket)));
    return { sockets, port };
  };
  const forbidden = { status: null, body: null, problem: 'the name stands for no address that may be sent to' };

  it('is looked at where the connection is made: one that turns to loopback after the check gets no request', async () => {
    const { sockets, port } = await trap();
    const lookup = names(['127.0.0.1']);
    expect(await post(makeSender([], lookup), `https://turned.example:${port}/hook`)).toEqual(forbidden);
    expect(sockets).toEqual([]);
  });

  it('is each time looked at anew', async () => {
    let requests = 0;
    const port = new URL(await receiver((_request, response) => (requests++, response.end()))).port;
    const sender = makeSender(['127.0.0.2'], names(['127.0.0.2'], ['127.0.0.1']));
    // The receiver listens on 127.0.0.1 alone: the allowed address refuses, the one it turns to is not tried.
    expect((await post(sender, `http://turns.example:${port}/`)).problem).toBe('the connection was refused');
    expect(await post(sender, `http://turns.example:${port}/`)).toEqual(forbidden);
    expect(requests).toBe(0);
  });

  it('may be several addresses: only the allowed ones are tried', async () => {
    const url = new URL(await receiver((_request, response) => response.end('here')));
    const lookup = names(['10.255.255.1', '::1', '127.0.0.1']);
    expect(await post(makeSender(loopback, lookup), `http://several.example:${url.port}/`)).toMatchObject({
      body: 'here',
      problem: null,
    });
  });

  it('does not matter for an address that is written out', async () => {
    const { sockets, port } = await trap();
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433']) {
      expect(await post(makeSender([], names(['8.8.8.8'])), `https://${host}:${port}/`)).toEqual(forbidden);
    }
    expect(sockets).toEqual([]);
  });

  it('gets nothing in the clear, unless it is of our own network', async () => {
    expect(await post(makeSender(loopback, names(['8.8.8.8'])), 'http://public.example/')).toEqual(forbidden);
  });
});
