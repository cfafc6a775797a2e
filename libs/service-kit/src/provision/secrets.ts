import { serviceNames, type ServiceName } from '@musicgen/platform-contracts';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { createUser, fromSeed } from 'nkeys.js';
import { generateKeyRingText } from '../crypto/key-ring';

/** What one service proves itself with. */
export interface ServiceSecrets {
  databasePassword: string;
  databaseOwnerPassword: string;
  nkeySeed: string;
  nkeyPublic: string;
}

/** All secrets of an installation, and the files that hold them (mode 0600, one secret a file). */
export interface Secrets {
  folder: string;
  postgresPassword: string;
  admin: { nkeySeed: string; nkeyPublic: string };
  services: Record<ServiceName, ServiceSecrets>;
  /** Key rings: lose them, and what they encrypt is lost. */
  vaultKeysFile: string;
  gatewayKeysFile: string;
  /** Signs the provenance of music: lose it, and a new one signs; what the old one signed needs its public half. */
  musicgenSigningKeyFile: string;
}

const password = () => randomBytes(24).toString('base64url');
const nkeySeed = () => new TextDecoder().decode(createUser().getSeed());
const ed25519Pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
const publicKey = (seed: string) => fromSeed(new TextEncoder().encode(seed)).getPublicKey();

/** Makes the secrets that the folder does not hold yet, and reads them all. */
export async function makeSecrets(folder: string): Promise<Secrets> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const secret = (name: string, make: () => string) => readOrMake(path.join(folder, name), make);
  const adminSeed = await secret('admin.nkey', nkeySeed);
  const services = {} as Record<ServiceName, ServiceSecrets>;
  for (const service of serviceNames) {
    const seed = await secret(`${service}.nkey`, nkeySeed);
    services[service] = {
      databasePassword: await secret(`${service}.password`, password),
      databaseOwnerPassword: await secret(`${service}_owner.password`, password),
      nkeySeed: seed,
      nkeyPublic: publicKey(seed),
    };
  }
  await secret('vault.keys', generateKeyRingText);
  await secret('gateway.keys', generateKeyRingText);
  await secret('musicgen.signing.pem', ed25519Pem);
  return {
    folder,
    postgresPassword: await secret('postgres.password', password),
    admin: { nkeySeed: adminSeed, nkeyPublic: publicKey(adminSeed) },
    services,
    vaultKeysFile: path.join(folder, 'vault.keys'),
    gatewayKeysFile: path.join(folder, 'gateway.keys'),
    musicgenSigningKeyFile: path.join(folder, 'musicgen.signing.pem'),
  };
}

async function readOrMake(file: string, make: () => string): Promise<string> {
  try {
    return (await fs.readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const value = make();
  // A half-written key would be worse than none: the file appears whole or not at all.
  await fs.writeFile(`${file}.new`, `${value}\n`, { mode: 0o600, flush: true });
  await fs.rename(`${file}.new`, file);
  return value;
}
