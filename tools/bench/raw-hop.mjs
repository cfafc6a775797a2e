// The baseline of the hop: a bare Fastify route that asks over a raw NATS request, and a raw subscription that answers.
import fastify from 'fastify';
import { connect, JSONCodec, nkeyAuthenticator } from 'nats';

const [role] = process.argv.slice(2);
const { NATS_URL, NATS_NKEY_SEED, PORT } = process.env;
const subject = 'musicgen.v1.model.get';
const codec = JSONCodec();
const connection = await connect({
  servers: NATS_URL,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(NATS_NKEY_SEED)),
  inboxPrefix: `_INBOX_${role}`,
  noAsyncTraces: true,
});
const server = fastify();
if (role === 'musicgen') {
  const answer = codec.encode(JSON.parse(process.env.ANSWER));
  connection.subscribe(subject, { queue: 'musicgen', callback: (_error, message) => message.respond(answer) });
  server.get('/', () => 'ready');
} else {
  server.get('/v1/models/:id', async (request) => {
    const message = await connection.request(subject, codec.encode({ id: request.params.id }), { timeout: 5_000 });
    return codec.decode(message.data);
  });
}
await server.listen({ port: Number(PORT), host: '127.0.0.1' });
