import {
  spawnService,
  startService,
  startTestNats,
  startTestSandbox,
  testDatabase,
  type ServiceProcess,
  type TestDatabase,
  type TestSandbox,
} from '@musicgen/testing';

/** The gateway and the vault as processes, beside a sandbox that has no other name than `localhost` for them. */
export interface BackEnd {
  url: string;
  sandbox: TestSandbox;
  vault: ServiceProcess;
  /** The vault's database. */
  database: TestDatabase;
  stop(): Promise<void>;
}

type ServiceName = 'auth' | 'vault';

const plentiful = { ANONYMOUS_PER_HOUR: '1000000', ANONYMOUS_BURST: '1000000' };

export async function startBackEnd(): Promise<BackEnd> {
  const down: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of down.toReversed()) await end();
  };
  try {
    const [nats, sandbox] = [await startTestNats(), await startTestSandbox()];
    down.push(nats.close, sandbox.close);
    const [auth, vault] = await Promise.all([migrated('auth'), migrated('vault')]);
    down.push(auth.drop, vault.drop);
    const start = async (service: ServiceName, database: TestDatabase, env: Record<string, string>) => {
      const started = await startService(service, database, { NATS_URL: nats.url, ...env });
      down.push(() => started.stop());
      return started;
    };
    const SANDBOX_URL = sandbox.url.replace('127.0.0.1', 'localhost');
    const services = [await start('vault', vault, { SANDBOX_URL }), await start('auth', auth, plentiful)] as const;
    return { url: services[1].url, sandbox, vault: services[0], database: vault, stop };
  } catch (error) {
    // What has been started would keep the run from ending.
    await stop();
    throw error;
  }
}

/** A database with the service's tables, made by its own command. */
async function migrated(service: ServiceName): Promise<TestDatabase> {
  const database = await testDatabase({ service, entities: [], migrations: [] });
  const { output, exited } = spawnService(service, { DATABASE_URL: database.ownerUrl }, ['migrate']);
  if ((await exited) !== 0) throw new Error(`${service} did not migrate:\n${output()}`);
  return database;
}
