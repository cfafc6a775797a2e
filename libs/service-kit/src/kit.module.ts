import { healthContracts, type ServiceName } from '@musicgen/platform-contracts';
import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type Provider,
} from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { UserDeletions } from './accounts/user-deletions';
import type { ServiceConfig } from './config/service-config';
import { EventConsumer } from './events/event-consumer';
import { LiveEvents } from './events/live-events';
import { Outbox } from './events/outbox';
import { Health } from './health/health';
import { HealthHttpController } from './health/health.http.controller';
import { healthRpcController } from './health/health.rpc.controller';
import type { Logger } from './logging/logger';
import { NatsLink } from './nats/nats-link';
import { DatabaseLink } from './persistence/database-link';
import { dataSourceOptions, type ServiceDatabase } from './persistence/service-database';
import { RpcClient } from './rpc/rpc-client';
import { CONFIG, LOGGER } from './tokens';

/** What the kit gives to every service, ready to be injected. */
@Global()
@Module({})
export class KitModule
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(NatsLink) private readonly nats: NatsLink,
    private readonly database: DatabaseLink,
    private readonly outbox: Outbox,
    private readonly consumer: EventConsumer,
    private readonly deletions: UserDeletions,
    private readonly health: Health,
  ) {}

  static forService(parts: {
    database: ServiceDatabase;
    config: ServiceConfig;
    logger: Logger;
    link: NatsLink;
  }): DynamicModule {
    const { service } = parts.database;
    const providers: Provider[] = [
      { provide: CONFIG, useValue: parts.config },
      { provide: LOGGER, useValue: parts.logger },
      { provide: NatsLink, useValue: parts.link },
      { provide: RpcClient, useFactory: () => new RpcClient(parts.link, service) },
      { provide: LiveEvents, useFactory: () => new LiveEvents(parts.link, service, parts.logger) },
      provide(DatabaseLink, (dataSource) => new DatabaseLink(dataSource, parts.logger)),
      provide(Outbox, (dataSource) => new Outbox(dataSource, parts.link, service, parts.logger)),
      provide(EventConsumer, (dataSource) => new EventConsumer(dataSource, parts.link, service, parts.logger)),
      {
        provide: UserDeletions,
        useFactory: (dataSource: DataSource, events: EventConsumer) =>
          new UserDeletions(dataSource, events, parts.logger),
        inject: [DataSource, EventConsumer],
      },
      {
        provide: Health,
        useFactory: (database: DatabaseLink) => new Health(parts.link, database),
        inject: [DatabaseLink],
      },
    ];
    return {
      module: KitModule,
      imports: [
        TerminusModule.forRoot({ logger: false }),
        // Connected by DatabaseLink, which waits; closed by whoever is first once nobody writes any more.
        TypeOrmModule.forRoot({
          ...dataSourceOptions(parts.database, parts.config.databaseUrl, parts.config.databasePool),
          manualInitialization: true,
        }),
      ],
      controllers: [HealthHttpController, ...healthControllers(service)],
      providers,
      exports: providers.map((provider) => (provider as { provide: symbol }).provide),
    };
  }

  onApplicationBootstrap(): void {
    void this.database.connected();
    this.outbox.start();
  }

  onModuleDestroy(): void {
    this.health.startStopping();
  }

  /** Events of calls that are answered from here on wait in their table, for another replica or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer.stop(), this.deletions.stop(), this.outbox.stop()]);
  }

  /** HTTP is closed by now and calls are answered: see `RpcServer.close`. */
  async onApplicationShutdown(): Promise<void> {
    await this.nats.close();
    await this.database.close();
  }
}

const healthControllers = (service: ServiceName) =>
  service === 'auth' ? [] : [healthRpcController(healthContracts[service])];

const provide = <T>(token: abstract new (...args: never[]) => T, make: (dataSource: DataSource) => T): Provider => ({
  provide: token,
  useFactory: make,
  inject: [DataSource],
});
