import type { ServiceName } from '@musicgen/platform-contracts';
import { connectRpc, type NatsLink, type Logger } from '@musicgen/service-kit';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { silentLogger } from './nats';

/** Answers a service's contracts with the given controllers until it is closed: the kit's own server, without a database. */
export async function startTestRpc(
  service: ServiceName,
  link: NatsLink,
  controllers: Type[],
  logger: Logger = silentLogger,
): Promise<{ close(): Promise<void> }> {
  @Module({ controllers })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false });
  connectRpc(app, link, logger, service);
  await app.init();
  await app.startAllMicroservices();
  await link.connection.flush();
  return app;
}
