import {
  CONFIG,
  DatabaseLink,
  EventConsumer,
  generateKeyRingText,
  KeyRing,
  LiveEvents,
  LOGGER,
  NatsLink,
  Outbox,
  Upstream,
  UserDeletions,
} from '@musicgen/service-kit';
import {
  silentLogger,
  startTestSandbox,
  testDatabase,
  type Closer,
  type TestDatabase,
  type TestSandbox,
} from '@musicgen/testing';
import { Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../src/app.module';
import { database } from '../src/persistence/data-source';

/** The vault's own wiring over a test's database, with no nats-server: who asks is the test. */
export interface TestVault {
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
}

export async function makeVault(
  { dataSource }: TestDatabase,
  { sandboxUrl, replace = [] }: { sandboxUrl?: string; replace?: Provider[] } = {},
): Promise<TestVault> {
  const nowhere = new NatsLink(new Promise(() => undefined), silentLogger);
  const own = Reflect.getMetadata('providers', AppModule) as Provider[];
  const events = new EventConsumer(dataSource, nowhere, 'vault', silentLogger);
  const deletions = new UserDeletions(dataSource, events, silentLogger);
  const ring = KeyRing.parse(generateKeyRingText());

  @Module({
    providers: [
      { provide: CONFIG, useValue: { sandboxUrl } },
      { provide: LOGGER, useValue: silentLogger },
      { provide: NatsLink, useValue: nowhere },
      { provide: DataSource, useValue: dataSource },
      { provide: DatabaseLink, useValue: new DatabaseLink(dataSource, silentLogger) },
      { provide: LiveEvents, useValue: new LiveEvents(nowhere, 'vault', silentLogger) },
      { provide: Outbox, useValue: new Outbox(dataSource, nowhere, 'vault', silentLogger) },
      { provide: UserDeletions, useValue: deletions },
      ...own,
      { provide: KeyRing, useValue: ring },
      { provide: Upstream, useValue: new Upstream(sandboxUrl) },
      ...replace,
    ],
  })
  class TestModule {}
  const app = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  return {
    get: (type) => app.get(type),
    close: () => Promise.all([events.stop(), deletions.stop(), app.close()]).then(() => undefined),
  };
}

/** A vault with a database of its own, whose platforms are a sandbox of its own. */
export async function openVault(
  closer: Closer,
): Promise<{ postgres: TestDatabase; sandbox: TestSandbox; vault: TestVault }> {
  const [postgres, sandbox] = await Promise.all([
    closer.open(testDatabase(database), ({ drop }) => drop()),
    closer.open(startTestSandbox(), ({ close }) => close()),
  ]);
  const vault = await closer.open(makeVault(postgres, { sandboxUrl: sandbox.url }), ({ close }) => close());
  return { postgres, sandbox, vault };
}
