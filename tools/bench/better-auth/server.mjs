// `GET /v1/empty` behind better-auth's API key plugin, with its own limit of requests, on bare Fastify and Postgres.
// Writes a key to KEY_FILE before it listens.
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import fastify from 'fastify';
import fs from 'node:fs';
import pg from 'pg';

const { DATABASE_URL, KEY_FILE, PORT } = process.env;
const far = 1_000_000_000;
const database = new pg.Pool({ connectionString: DATABASE_URL, options: '-c search_path=better_auth' });
await database.query('CREATE SCHEMA better_auth');
const auth = betterAuth({
  database,
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'only-for-a-benchmark-that-runs-on-loopback',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [apiKey({ rateLimit: { enabled: true, timeWindow: 3_600_000, maxRequests: far } })],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
const body = { email: 'bench@example.com', password: 'a long pass phrase', name: 'bench' };
const { user } = await auth.api.signUpEmail({ body });
const { key } = await auth.api.createApiKey({ body: { name: 'bench', userId: user.id } });
fs.writeFileSync(KEY_FILE, key);

const server = fastify();
server.get('/v1/empty', async (request, reply) => {
  const given = request.headers['x-api-key'];
  const { valid } = await auth.api.verifyApiKey({ body: { key: String(given) } });
  if (!valid) return reply.code(401).send({});
  return { modes: ['live', 'test'] };
});
await server.listen({ port: Number(PORT), host: '127.0.0.1' });
