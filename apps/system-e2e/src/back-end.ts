import {
  migratedDatabase,
  opening,
  startService,
  startTestNats,
  startTestSandbox,
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

const plentiful = { ANONYMOUS_PER_HOUR: '1000000', ANONYMOUS_BURST: '1000000' };

export function startBackEnd(): Promise<BackEnd> {
  return opening(async (closer) => {
    const [nats, sandbox, auth, vault] = await Promise.all([
      closer.open(startTestNats(), ({ close }) => close()),
      closer.open(startTestSandbox(), ({ close }) => close()),
      closer.open(migratedDatabase('auth'), ({ drop }) => drop()),
      closer.open(migratedDatabase('vault'), ({ drop }) => drop()),
    ]);
    const start = (service: 'auth' | 'vault', database: TestDatabase, env: Record<string, string>) =>
      closer.open(startService(service, database, { NATS_URL: nats.url, ...env }), ({ stop }) => stop());
    const SANDBOX_URL = sandbox.url.replace('127.0.0.1', 'localhost');
    const services = [await start('vault', vault, { SANDBOX_URL }), await start('auth', auth, plentiful)] as const;
    return { url: services[1].url, sandbox, vault: services[0], database: vault, stop: closer.close };
  });
}
