import { Problem } from '@musicgen/embedded';
import { finishOAuthRoute } from '@musicgen/platform-contracts';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Installation } from './installation';
import { runServiceCommand } from './services';

/** What a test or a script needs to know of an installation: `<DATA_DIR>/demo.json`. */
export interface Demo {
  base_url: string;
  email: string;
  password: string;
  api_key_test: string;
  api_key_live: string;
  admin_email: string;
  admin_password: string;
  /** The stand-in for the platforms, and its control API. */
  sandbox_url: string;
}

const email = 'demo@example.com';
const adminEmail = 'admin@example.com';

const demoFile = (dataDir: string) => path.join(dataDir, 'demo.json');
const readDemo = (dataDir: string): Promise<Demo | undefined> =>
  fs
    .readFile(demoFile(dataDir), 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);

/** Appears whole or not at all: who waits for the file may read it at once. */
export async function writeDemo(dataDir: string, demo: Demo): Promise<void> {
  const fresh = `${demoFile(dataDir)}.new`;
  await fs.writeFile(fresh, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await fs.rename(fresh, demoFile(dataDir));
}

interface CreatedUser {
  api_key_test: string;
  api_key_live: string;
}

/** Makes the demo user and the admin, with random passwords, the first time; later it finds them in the file. */
export async function makeDemo(installation: Installation, signal: AbortSignal): Promise<Demo> {
  const { baseUrl, config, ports } = installation;
  const before = await readDemo(config.dataDir);
  const addresses = { base_url: baseUrl, sandbox_url: `http://127.0.0.1:${ports.sandbox}` };
  await registerCallbacks(addresses, signal);
  if (before) return { ...before, ...addresses };
  const create = async (role: 'user' | 'admin', address: string, password: string): Promise<CreatedUser> => {
    const args = ['create-user', '--email', address, '--tier', 'pro', '--role', role, '--keys'];
    return JSON.parse(
      await runServiceCommand('auth', args, installation, { input: `${password}\n`, signal }),
    ) as CreatedUser;
  };
  const [password, adminPassword] = [randomBytes(18).toString('base64url'), randomBytes(18).toString('base64url')];
  const [user] = await Promise.all([create('user', email, password), create('admin', adminEmail, adminPassword)]);
  return {
    ...addresses,
    email,
    password,
    api_key_test: user.api_key_test,
    api_key_live: user.api_key_live,
    admin_email: adminEmail,
    admin_password: adminPassword,
  };
}

/** The sandbox's apps send their users back here, as an app at a real platform does once its redirect URI is registered. */
async function registerCallbacks(
  { base_url, sandbox_url }: Pick<Demo, 'base_url' | 'sandbox_url'>,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({ redirect_uris: [base_url + finishOAuthRoute.path] });
  const answer = await fetch(`${sandbox_url}/_sandbox/seed`, { method: 'POST', body, signal });
  if (!answer.ok) throw new Problem(`The platform sandbox refuses our callback with status ${answer.status}.`);
}
