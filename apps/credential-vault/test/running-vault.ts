import {
  createCredential,
  getCredential,
  updateCredential,
  validateCredential,
  type CredentialView,
  type Principal,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import {
  makePrincipal,
  opening,
  startService,
  startTestNats,
  startTestSandbox,
  testDatabase,
  type ServiceProcess,
  type TestDatabase,
  type TestNats,
  type TestSandbox,
} from '@musicgen/testing';
import { database } from '../src/persistence/data-source';

/** The built vault as processes, with a database, a nats-server and a sandbox of its own. */
export interface RunningVault {
  client: RpcClient;
  postgres: TestDatabase;
  nats: TestNats;
  sandbox: TestSandbox;
  /** All replicas, the first one first. */
  processes: readonly ServiceProcess[];
  /** Another replica. */
  start(): Promise<ServiceProcess>;
  close(): Promise<void>;
}

export function startVault(): Promise<RunningVault> {
  return opening(async (closer) => {
    const [nats, postgres, sandbox] = await Promise.all([
      closer.open(startTestNats(), ({ close }) => close()),
      closer.open(testDatabase(database), ({ drop }) => drop()),
      closer.open(startTestSandbox(), ({ close }) => close()),
    ]);
    const processes: ServiceProcess[] = [];
    const env = { NATS_URL: nats.url, SANDBOX_URL: sandbox.url, LOG_LEVEL: 'trace' };
    const start = async () => {
      const vault = await closer.open(startService('vault', postgres, env), ({ stop }) => stop('SIGKILL'));
      processes.push(vault);
      return vault;
    };
    await start();
    const client = new RpcClient(await nats.connect('auth'), 'auth');
    return { client, postgres, nats, sandbox, processes, start, close: closer.close };
  });
}

/** A user in test mode, and what he does with his credentials. */
export function userOf(client: RpcClient, overrides: Partial<Principal> = {}) {
  const principal = makePrincipal({ mode: 'test', ...overrides });
  const call = () => newCall(principal);
  return {
    principal,
    call,
    create: (platform: string, fields: Record<string, unknown>, activate = false): Promise<CredentialView> =>
      client.call(createCredential, { id: newId('cred'), platform, fields, activate }, call()),
    get: (id: string) => client.call(getCredential, { id }, call()),
    change: (id: string, fields: Record<string, unknown>) => client.call(updateCredential, { id, fields }, call()),
    validate: (id: string, deep = false) => client.call(validateCredential, { id, deep }, call()),
  };
}

/** An app at a platform: its client's fields, and what a user grants it, as fields to import. */
export async function registerApp({ sandbox }: Pick<RunningVault, 'sandbox'>, platform: string, facts: object = {}) {
  const { client_id, client_secret } = await sandbox.register(platform, facts);
  const tokens = async (scopes: string[], user = 'ada') => {
    const minted = await sandbox.control('POST', '/tokens', { platform, client: client_id, user, scopes });
    return {
      access_token: minted.access_token,
      ...(minted.refresh_token && { refresh_token: minted.refresh_token }),
      ...(minted.expires_at && { token_expiry: minted.expires_at }),
    };
  };
  return { fields: { client_id, client_secret }, tokens };
}
