import type { ServiceName } from '@musicgen/platform-contracts';
import { connectRpc, type NatsLink, type Logger } from '@musicgen/service-kit';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { opening } from './closer';
import { silentLogger } from './nats';

/** Answers a service's contracts with the given controllers until it is closed: the kit's own server, without a database. */
export function startTestRpc(
  service: ServiceName,
  link: NatsLink,
  controllers: Type[],
  logger: Logger = silentLogger,
): Promise<{ close(): Promise<void> }> {
  @Module({ controllers })
  class TestModule {}
  return opening(async (closer) => {
    const creating = NestFactory.create(TestModule, new FastifyAdapter(), { logger: false });
    const app = await closer.open(creating, (created) => created.close());
    connectRpc(app, link, logger, service);
    await app.init();
    await app.startAllMicroservices();
    await link.connection.flush();
    return app;
  });
}
