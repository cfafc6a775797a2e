/**
 * Servers for `npm run bench`, one per process, all with the same empty route `GET /v1/empty`:
 * `bare` is Fastify alone; `nest` is Nest on the gateway's Fastify with its request log, and without authentication, limits
 * and headers; `gateway` is the gateway whole.
 */
import { defineRoute, modes } from '@musicgen/platform-contracts';
import { connectNats, createLogger, KitModule, NatsLink, NestLogger, parseConfig } from '@musicgen/service-kit';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify from 'fastify';
import { AppModule } from '../src/app.module';
import { config as configShape } from '../src/config';
import { configureHttp, gatewayAdapter } from '../src/http/gateway-adapter';
import { logRequests } from '../src/http/request-log';
import { Route } from '../src/http/route.decorator';
import { database } from '../src/persistence/data-source';

const answer = { modes };
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

type Kind = 'bare' | 'nest' | 'gateway';
const port = Number(process.env.PORT);

const servers: Record<Kind, () => Promise<unknown>> = {
  bare() {
    const app = fastify();
    app.get('/v1/empty', () => answer);
    return app.listen({ port, host: '127.0.0.1' });
  },
  async nest() {
    const config = parseConfig(configShape, process.env);
    const adapter = gatewayAdapter(config);
    const app = await NestFactory.create<NestFastifyApplication>(PlainModule, adapter, { logger: false });
    logRequests(app.getHttpAdapter().getInstance() as never, createLogger('auth', config.logLevel), true);
    await app.listen(port, '127.0.0.1');
  },
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

// A profiler writes what it has seen when the process ends by itself.
process.on('SIGTERM', () => process.exit());
void servers[process.argv[2] as Kind]();
