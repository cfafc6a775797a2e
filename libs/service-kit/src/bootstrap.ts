import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import { ConfigError, parseConfig } from './config/config';
import { serviceConfig, type ServiceConfig } from './config/service-config';
import { KitModule } from './kit.module';
import { createLogger, NestLogger, type Logger } from './logging/logger';
import { connectNats } from './nats/connection';
import { NatsLink } from './nats/nats-link';
import { migrate, type ServiceDatabase } from './persistence/service-database';
import { PassErrorsFilter, RpcServer } from './rpc/rpc-server';
import { HealthErrorsFilter } from './health/health-errors.filter';

/** Exit status of a service whose configuration is wrong: starting it again changes nothing (EX_CONFIG). */
export const badConfigStatus = 78;

/** Work in hand has this long to end after SIGTERM. */
const stopWithinMs = 20_000;

/** How a service differs from the others. */
export interface ServiceDefinition<S extends z.ZodRawShape> {
  database: ServiceDatabase;
  config: S;
  module: Type;
  /** Where HTTP is served; without it, `/health/*` and `/metrics` only, on their own port. */
  http?: {
    listen: (config: z.infer<z.ZodObject<S>>) => { host: string; port: number };
    adapter: (config: z.infer<z.ZodObject<S>>) => FastifyAdapter;
    configure: (app: NestFastifyApplication, logger: Logger) => Promise<void>;
  };
  /** `main.js <name> …`: what an administrator runs beside the service, with the same configuration. */
  commands?: Record<string, (config: z.infer<z.ZodObject<S>>, argv: string[]) => Promise<void>>;
}

/** The whole of a service's `main.ts`: starts it, or runs `migrate` or one of its commands. Ends the process if it cannot. */
export async function bootstrapService<S extends z.ZodRawShape>(definition: ServiceDefinition<S>): Promise<void> {
  const [command, ...argv] = process.argv.slice(2);
  try {
    if (!command) return await serve(definition, parseConfig(definition.config, process.env) as never);
    if (command === 'migrate') {
      const { databaseUrl } = parseConfig({ databaseUrl: serviceConfig.databaseUrl }, process.env);
      return void (await migrate(definition.database, databaseUrl));
    }
    const run = definition.commands?.[command];
    if (!run) throw new ConfigError([`"${command}" is no command of this service.`]);
    await run(parseConfig(definition.config, process.env), argv);
  } catch (error) {
    for (const line of error instanceof ConfigError ? error.problems : [(error as Error).stack]) {
      process.stderr.write(`${line}\n`);
    }
    process.exit(error instanceof ConfigError ? badConfigStatus : 1);
  }
}

async function serve<S extends z.ZodRawShape>(
  definition: ServiceDefinition<S>,
  config: ServiceConfig & z.infer<z.ZodObject<S>>,
): Promise<void> {
  const { service } = definition.database;
  const logger = createLogger(service, config.logLevel);
  const connection = await connectNats({
    service,
    url: config.natsUrl,
    nkeySeed: config.natsNkeySeed,
    tls: config.natsTls,
  });
  const link = new NatsLink(connection, logger);
  const root = {
    module: class Root {},
    imports: [KitModule.forService({ ...definition, config, logger, link }), definition.module],
  };
  const adapter = definition.http?.adapter(config) ?? new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: new NestLogger(logger) });
  if (!definition.http) app.useGlobalFilters(new HealthErrorsFilter());
  await definition.http?.configure(app, logger);
  app
    .connectMicroservice({ strategy: new RpcServer(link, logger, service) }, { inheritAppConfig: false })
    .useGlobalFilters(new PassErrorsFilter());
  stopOnSignals(app, logger, config.exitWithParent);
  await app.startAllMicroservices();
  await app.listen(definition.http?.listen(config) ?? { host: config.healthHost, port: config.healthPort });
  logger.info({ address: await app.getUrl(), ms: Math.round(process.uptime() * 1000) }, 'started');
}

/** SIGTERM, SIGINT and, if asked, the end of standard input: readiness goes, work in hand ends, connections close. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger, exitWithParent: boolean): void {
  let isStopping = false;
  const stop = async (why: string) => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await app.close();
    logger.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  if (exitWithParent) process.stdin.on('close', () => void stop('the starter is gone')).resume();
}
