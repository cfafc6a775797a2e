import { serviceNames } from '@musicgen/platform-contracts';
import fs from 'node:fs/promises';
import { fromSeed } from 'nkeys.js';
import os from 'node:os';
import path from 'node:path';
import { KeyRing } from '../crypto/key-ring';
import { makeSecrets } from './secrets';

let folder: string;
beforeEach(async () => {
  folder = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'secrets-')), 'new');
});
afterEach(() => fs.rm(path.dirname(folder), { recursive: true }));

it('makes what is missing and reads it again', async () => {
  const first = await makeSecrets(folder);
  expect(await makeSecrets(folder)).toEqual(first);
  await fs.rm(path.join(folder, 'vault.password'));
  const second = await makeSecrets(folder);
  expect(second.services.vault.databasePassword).not.toBe(first.services.vault.databasePassword);
  second.services.vault.databasePassword = first.services.vault.databasePassword;
  expect(second).toEqual(first);
});

it('keeps each secret in a file that only its owner may read', async () => {
  await makeSecrets(folder);
  expect((await fs.stat(folder)).mode & 0o777).toBe(0o700);
  const names = await fs.readdir(folder);
  expect(names).toHaveLength(5 + 3 * serviceNames.length);
  for (const name of names) expect((await fs.stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
});

it('makes different secrets for everybody, and nkeys that belong together', async () => {
  const { services, admin, postgresPassword } = await makeSecrets(folder);
  const all = Object.values(services).flatMap((secrets) => Object.values(secrets));
  expect(new Set([...all, ...Object.values(admin), postgresPassword]).size).toBe(all.length + 3);
  for (const { nkeySeed, nkeyPublic } of [...Object.values(services), admin]) {
    expect(fromSeed(Buffer.from(nkeySeed)).getPublicKey()).toBe(nkeyPublic);
  }
});

it('makes key rings that can be read', async () => {
  const { vaultKeysFile, gatewayKeysFile } = await makeSecrets(folder);
  const rings = await Promise.all([vaultKeysFile, gatewayKeysFile].map((file) => fs.readFile(file, 'utf8')));
  const [vault, gateway] = rings.map((text) => KeyRing.parse(text));
  expect(vault!.fingerprint()).not.toBe(gateway!.fingerprint());
});

it('does not go on with a secret that cannot be read', async () => {
  await makeSecrets(folder);
  await fs.rm(path.join(folder, 'vault.keys'));
  await fs.mkdir(path.join(folder, 'vault.keys'));
  await expect(makeSecrets(folder)).rejects.toThrow('EISDIR');
});
