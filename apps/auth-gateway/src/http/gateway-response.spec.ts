import { Closer } from '@musicgen/testing';
import fastify, { type FastifyReply } from 'fastify';
import { DefaultHeaders, GatewayResponse, headerLines, responseOf } from './gateway-response';

const defaults = new DefaultHeaders({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });

describe('the lines of every answer', () => {
  const closer = new Closer();
  afterEach(() => closer.close());

  /** What a client sees of an answer that is made so. */
  async function answerOf(send: (reply: FastifyReply) => unknown): Promise<Response> {
    const app = fastify({ http: { ServerResponse: GatewayResponse } });
    app.addHook('onRequest', (_, reply, done) => {
      const response = responseOf(reply);
      response.defaults = defaults;
      response.requestId = 'req_12345678';
      response.limits = headerLines({ ratelimit: '"requests";r=1;t=0' });
      done();
    });
    app.get('/', (_, reply) => send(reply));
    await closer.open(app, () => app.close());
    return fetch(await app.listen({ port: 0, host: '127.0.0.1' }));
  }

  it.each<[string, (reply: FastifyReply) => unknown]>([
    ['an object', (reply) => reply.send({})],
    ['nothing', (reply) => reply.status(204).send()],
    ['an answer without a body', (reply) => reply.status(304).send()],
    ['what is written past Fastify', (reply) => void reply.hijack().raw.writeHead(200, { 'X-Own': 'yes' }).end('{}')],
    ['what is sent without a head of its own', (reply) => void reply.hijack().raw.end('{}')],
  ])('come with %s, each once', async (_, send) => {
    const { headers } = await answerOf(send);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'req_12345678',
      ratelimit: '"requests";r=1;t=0',
    });
  });

  it('leave an answer the values that it has itself', async () => {
    const { headers } = await answerOf((reply) => reply.header('cache-control', 'public').send({}));
    expect(headers.get('cache-control')).toBe('public');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
