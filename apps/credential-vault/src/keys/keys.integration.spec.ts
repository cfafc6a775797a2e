import type { Mode } from '@musicgen/platform-contracts';
import { generateKeyRingText, KeyRing, newId } from '@musicgen/service-kit';
import { makePrincipal, silentLogger, testDatabase, until, type TestDatabase } from '@musicgen/testing';
import { Clock } from '../clock';
import { Envelope } from '../credentials/envelope';
import { database } from '../persistence/data-source';
import { KeyRotationService } from './key-rotation.service';
import { KeysStore } from './keys.store';
import { VaultKeys } from './vault-keys.service';

const texts = [1, 2, 3].map((version) => generateKeyRingText(version).trim());
const ringOf = (...versions: number[]) => KeyRing.parse(versions.map((version) => texts[version - 1]).join('\n'));
const admin = makePrincipal({ role: 'admin', method: 'password' });

let test: TestDatabase;
let store: KeysStore;
const started: KeyRotationService[] = [];

beforeEach(async () => {
  test = await testDatabase(database);
  store = new KeysStore(test.dataSource);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.beforeApplicationShutdown()));
  await test?.drop();
});

const keysOf = (ring: KeyRing) => new VaultKeys(store, ring, new Clock(), silentLogger);
const rotationOf = (ring: KeyRing) => {
  const service = new KeyRotationService(store, ring, new Clock(), silentLogger);
  started.push(service);
  service.onApplicationBootstrap();
  return service;
};

interface Stored {
  id: string;
  userId: string;
  mode: Mode;
  sealed: string;
}

/** Credentials of another version of the ring, as many as are wanted, in one statement. */
async function storeCredentials(ring: KeyRing, count: number): Promise<Stored[]> {
  const rows = Array.from({ length: count }, (_, i) => {
    const binding = { id: newId('cred'), userId: newId('user'), mode: 'live' as Mode };
    const envelope = Envelope.create(ring, binding);
    return { ...binding, sealed: envelope.seal('client_secret', `secret ${i}`), dataKey: envelope.wrapped };
  });
  await test.dataSource.query(
    `INSERT INTO credentials (id, user_id, mode, platform, fields, secrets, secrets_version, data_key, is_active, is_shared, state, created_at, updated_at)
     SELECT id, user_id, 'live', 'spotify', '{}', '{}', 0, data_key, false, false, 'unverified', now(), now()
     FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new(id, user_id, data_key)`,
    [rows.map(({ id }) => id), rows.map(({ userId }) => userId), rows.map(({ dataKey }) => dataKey)],
  );
  return rows;
}

async function read(ring: KeyRing, { sealed, ...binding }: Stored): Promise<unknown> {
  const [row] = await test.dataSource.query(`SELECT data_key FROM credentials WHERE id = $1`, [binding.id]);
  return Envelope.open(ring, binding, row.data_key).openField('client_secret', sealed);
}

describe('the start', () => {
  it('goes on with the keys it had, and with a new one beside them', async () => {
    await keysOf(ringOf(1)).check();
    await storeCredentials(ringOf(1), 3);
    await keysOf(ringOf(1)).check();
    await keysOf(ringOf(1, 2)).check();
    expect((await store.listKeys()).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('stops when a key is missing that data needs, and names its fingerprint', async () => {
    await keysOf(ringOf(1)).check();
    await storeCredentials(ringOf(1), 3);
    await expect(keysOf(ringOf(2)).check()).rejects.toMatchObject({
      problems: [
        `VAULT_KEYS needs key version 1 with fingerprint ${ringOf(1).fingerprint()}; 3 credentials cannot be read without it.`,
      ],
    });
  });

  it('stops when another key stands under a version, with data or without', async () => {
    const other = KeyRing.parse(generateKeyRingText(1));
    await keysOf(ringOf(1)).check();
    const wanted = ringOf(1).fingerprint();
    const sentence = `VAULT_KEYS needs key version 1 with fingerprint ${wanted}, it holds another one as that version, ${other.fingerprint()}`;
    await expect(keysOf(other).check()).rejects.toMatchObject({ problems: [`${sentence}.`] });
    await storeCredentials(ringOf(1), 1);
    await expect(keysOf(other).check()).rejects.toThrow(sentence);
  });

  it('stops when the canary was changed', async () => {
    await keysOf(ringOf(1)).check();
    await test.dataSource.query(`UPDATE vault_keys SET canary = set_byte(canary, 30, get_byte(canary, 30) # 1)`);
    await expect(keysOf(ringOf(1)).check()).rejects.toThrow('The canary of key version 1 in the database is damaged');
  });

  it('forgets a key that nothing needs any more', async () => {
    await keysOf(ringOf(1)).check();
    await keysOf(ringOf(1, 2)).check();
    await keysOf(ringOf(2)).check();
    expect((await store.listKeys()).map(({ version }) => version)).toEqual([2]);
  });
});

describe('a rotation', () => {
  const isDone = async (rotation: KeyRotationService) => (await rotation.report(admin)).rotation?.state === 'done';

  it('is an administrator’s', async () => {
    const rotation = rotationOf(ringOf(1));
    for (const principal of [makePrincipal(), makePrincipal({ role: 'admin', method: 'api_key' })]) {
      await expect(rotation.start(principal)).rejects.toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
      await expect(rotation.report(principal)).rejects.toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    }
  });

  it('brings every data key under the newest key, on two replicas, while all can be read; then the old one is removable', async () => {
    const stored = await storeCredentials(ringOf(1), 2_300);
    const rotation = rotationOf(ringOf(1, 2));
    rotationOf(ringOf(1, 2));
    const before = await rotation.report(admin);
    expect(before).toMatchObject({
      newest: { version: 2 },
      census: [
        { version: 1, data_keys: 2_300, removable: false },
        { version: 2, data_keys: 0, removable: false },
      ],
      rotation: null,
    });
    await rotation.start(admin);
    let reads = 0;
    while (!(await isDone(rotation))) {
      const one = stored[(reads * 97) % stored.length]!;
      expect(await read(ringOf(1, 2), one)).toMatch(/^secret /);
      reads++;
    }
    expect(await rotation.report(admin)).toMatchObject({
      census: [
        { version: 2, data_keys: 2_300, removable: false },
        { version: 1, data_keys: 0, removable: true },
      ],
      rotation: { total: 2_300, done: 2_300, failed: 0, failures: [] },
    });
    for (const one of stored.slice(0, 20)) expect(await read(ringOf(2), one)).toMatch(/^secret /);
    await keysOf(ringOf(2)).check();
  });

  it('goes on where another replica was stopped', async () => {
    await storeCredentials(ringOf(1), 1_200);
    const first = rotationOf(ringOf(1, 2));
    await first.start(admin);
    await first.beforeApplicationShutdown();
    const half = (await first.report(admin)).rotation!;
    const second = rotationOf(ringOf(1, 2));
    await until(() => isDone(second));
    expect((await second.report(admin)).rotation).toMatchObject({ id: half.id, done: 1_200, failed: 0 });
  });

  it('leaves what cannot be opened as it was, names it, and its key is not removable', async () => {
    const [broken] = await storeCredentials(ringOf(1), 1);
    await storeCredentials(ringOf(1), 3);
    await test.dataSource.query(`UPDATE credentials SET user_id = 'moved' WHERE id = $1`, [broken!.id]);
    const rotation = rotationOf(ringOf(1, 2));
    await rotation.start(admin);
    await until(() => isDone(rotation));
    expect(await rotation.report(admin)).toMatchObject({
      census: [
        { version: 2, data_keys: 3 },
        { version: 1, data_keys: 1, removable: false },
      ],
      rotation: {
        done: 3,
        failed: 1,
        failures: [{ credential_id: broken!.id, problem: expect.stringContaining('does not open') }],
      },
    });
    await expect(keysOf(ringOf(2)).check()).rejects.toThrow('1 credentials cannot be read without it');
  });

  it('takes in what a replica with the old ring stores meanwhile', async () => {
    await storeCredentials(ringOf(1), 600);
    const rotation = rotationOf(ringOf(1, 2));
    await rotation.start(admin);
    await storeCredentials(ringOf(1), 50);
    await until(() => isDone(rotation));
    if ((await store.census()).some(({ version }) => version === 1)) await rotation.start(admin);
    await until(() => isDone(rotation));
    expect((await store.census()).map(({ version, dataKeys }) => [version, dataKeys])).toEqual([[2, 650]]);
  });

  it('is left alone by a replica with an older ring, and started once however often it is asked for', async () => {
    await storeCredentials(ringOf(1), 10);
    const ahead = new KeyRotationService(store, ringOf(1, 2), new Clock(), silentLogger);
    const asked = await Promise.all([1, 2, 3].map(() => ahead.start(admin)));
    expect(new Set(asked.map(({ rotation }) => rotation!.id)).size).toBe(1);
    const behind = rotationOf(ringOf(1));
    await behind.beforeApplicationShutdown();
    expect((await ahead.report(admin)).rotation).toMatchObject({ state: 'running', done: 0 });
  });
});
