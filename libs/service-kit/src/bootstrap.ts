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
import { DatabaseLink } from './persistence/database-link';
import { migrate, type ServiceDatabase } from './persistence/service-database';
import { connectRpc } from './rpc/rpc-server';
import { Health } from './health/health';
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
    configure: (app: NestFastifyApplication, logger: Logger, config: z.infer<z.ZodObject<S>>) => Promise<void>;
  };
  /** Once the database can be used, before the first call is answered. A ConfigError ends the process with its sentences. */
  check?: (app: NestFastifyApplication) => Promise<void>;
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
    endWith(error);
  }
}

function endWith(error: unknown): never {
  for (const line of error instanceof ConfigError ? error.problems : [(error as Error).stack]) {
    process.stderr.write(`${line}\n`);
  }
  process.exit(error instanceof ConfigError ? badConfigStatus : 1);
}

type Config<S extends z.ZodRawShape> = ServiceConfig & z.infer<z.ZodObject<S>>;

async function serve<S extends z.ZodRawShape>(definition: ServiceDefinition<S>, config: Config<S>): Promise<void> {
  const { service } = definition.database;
  const logger = createLogger(service, config.logLevel);
  const connected = connectNats({
    service,
    url: config.natsUrl,
    nkeySeed: config.natsNkeySeed,
    tls: config.natsTls,
  });
  const app = await createApp(definition, config, logger, new NatsLink(connected, logger));
  const stopping = stopOnSignals(app, logger, config.exitWithParent);
  await app.listen(definition.http?.listen(config) ?? { host: config.healthHost, port: config.healthPort });
  logger.info({ address: await app.getUrl() }, 'listening');
  await answerCalls(app, stopping, definition.check);
  logger.info({ ms: Math.round(process.uptime() * 1000) }, 'started');
}

/** The service as a Nest application that does not listen yet. */
export async function createApp<S extends z.ZodRawShape>(
  definition: ServiceDefinition<S>,
  config: Config<S>,
  logger: Logger,
  link: NatsLink,
): Promise<NestFastifyApplication> {
  const { database, http } = definition;
  const root = {
    module: class Root {},
    imports: [KitModule.forService({ database, config, logger, link }), definition.module],
  };
  const adapter = http?.adapter(config) ?? new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
  });
  if (!http) app.useGlobalFilters(new HealthErrorsFilter());
  await http?.configure(app, logger, config);
  connectRpc(app, link, logger, database.service);
  return app;
}

/**
 * Begins to answer calls once the service can: a member of the queue group that cannot work would take its share of them
 * from those that can.
 */
export async function answerCalls(
  app: NestFastifyApplication,
  stopping: AbortSignal,
  check?: (app: NestFastifyApplication) => Promise<void>,
): Promise<void> {
  await Promise.all([app.get(NatsLink).connected, app.get(DatabaseLink).connected()]);
  if (stopping.aborted) return;
  await check?.(app);
  await app.startAllMicroservices();
  await app.get(NatsLink).connection.flush();
  app.get(Health).startAnswering();
}

/** SIGTERM, SIGINT and, if asked, the end of standard input: readiness goes, work in hand ends, connections close. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger, exitWithParent: boolean): AbortSignal {
  const stopping = new AbortController();
  const stop = async (why: string) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    logger.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    try {
      await app.close();
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'stopped, but not in order');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  if (exitWithParent) process.stdin.on('close', () => void stop('the starter is gone')).resume();
  return stopping.signal;
}
