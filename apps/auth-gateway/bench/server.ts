/**
 * Servers for `npm run bench`, one per process, all with the same empty route `GET /v1/empty`:
 * `bare` is Fastify alone; `nest` is Nest on the gateway's Fastify with its request log, and without authentication, limits
 * and headers; `headers` is that with the gateway's headers, always the same; `gateway` is the gateway whole.
 */
import { defineRoute, modes } from '@musicgen/platform-contracts';
import { connectNats, createLogger, KitModule, NatsLink, NestLogger, newId, parseConfig } from '@musicgen/service-kit';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { AppModule } from '../src/app.module';
import { config as configShape } from '../src/config';
import { configureHttp, gatewayAdapter } from '../src/http/gateway-adapter';
import { logRequests } from '../src/http/request-log';
import { Route } from '../src/http/route.decorator';
import { securityHeaders } from '../src/http/security-headers';
import { database } from '../src/persistence/data-source';

const answer = { modes };
const limitHeaders = {
  'ratelimit-policy': '"requests";q=40000;w=7200',
  ratelimit: '"requests";r=39999;t=1',
  'x-ratelimit-limit': '40000',
  'x-ratelimit-remaining': '39999',
  'x-ratelimit-reset': '1',
};
const emptyRoute = defineRoute({
  name: 'empty',
  method: 'GET',
  path: '/v1/empty',
  access: 'models:read',
  tag: 'Bench',
  summary: 'Does nothing',
  status: 200,
  errors: [],
});

@Controller()
class GatewayController {
  @Route(emptyRoute)
  empty() {
    return answer as never;
  }
}

@Controller()
class PlainController {
  @Get('v1/empty')
  empty() {
    return answer;
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

type Kind = 'bare' | 'nest' | 'headers' | 'gateway';
const port = Number(process.env.PORT);

const servers: Record<Kind, () => Promise<unknown>> = {
  bare() {
    const app = fastify();
    app.get('/v1/empty', () => answer);
    return app.listen({ port, host: '127.0.0.1' });
  },
  nest: () => plain({}),
  headers: () => plain({ ...securityHeaders.headers, ...limitHeaders, 'x-request-id': newId('req') }),
  async gateway() {
    const config = parseConfig(configShape, process.env);
    const logger = createLogger('auth', config.logLevel);
    const { natsUrl: url, natsNkeySeed: nkeySeed } = config;
    const link = new NatsLink(connectNats({ service: 'auth', url, nkeySeed }), logger);
    const kit = KitModule.forService({ database, config, logger, link });
    const root = { module: class Root {}, imports: [kit, AppModule], controllers: [GatewayController] };
    const app = await NestFactory.create<NestFastifyApplication>(root, gatewayAdapter(config), {
      logger: new NestLogger(logger),
      bodyParser: false,
    });
    await configureHttp(app, logger, config);
    await app.listen(port, '127.0.0.1');
  },
};

async function plain(headers: Record<string, string>): Promise<void> {
  const config = parseConfig(configShape, process.env);
  const adapter = gatewayAdapter(config);
  const app = await NestFactory.create<NestFastifyApplication>(PlainModule, adapter, { logger: false });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  if (Object.keys(headers).length > 0) {
    fastify.addHook('onRequest', (_, reply, done) => {
      reply.headers(headers);
      done();
    });
  }
  logRequests(fastify, createLogger('auth', config.logLevel), true);
  await app.listen(port, '127.0.0.1');
}

// A profiler writes what it has seen when the process ends by itself.
process.on('SIGTERM', () => process.exit());
void servers[process.argv[2] as Kind]();
