import type { AppError } from '@musicgen/error-codes';
import { modes, type Mode } from '@musicgen/platform-contracts';
import { KeyRing, newId } from '@musicgen/service-kit';
import { makePrincipal, testDatabase, type TestDatabase } from '@musicgen/testing';
import { callOf } from '../../test/factories';
import { makeVault, type TestVault } from '../../test/vault';
import type { Grant } from '../grants/grant.entity';
import { Grants } from '../grants/grants';
import { GrantsStore, keyOf } from '../grants/grants.store';
import { RefreshWorker } from '../grants/refresh-worker';
import { TokenSeal } from '../grants/sealed-tokens';
import { TokensService } from '../grants/tokens.service';
import { VaultKeys } from '../keys/vault-keys.service';
import { Disconnections } from '../oauth/disconnections.service';
import { OAuthFlowsService } from '../oauth/oauth-flows.service';
import { Revocation } from '../oauth/revocation.entity';
import { openRevocation, Revocations } from '../oauth/revocations.service';
import { database } from '../persistence/data-source';
import { CredentialsService } from './credentials.service';
import { CredentialsStore } from './credentials.store';

/**
 * What a thief with the right to write could try: every ciphertext that is stored, put in the place of every other, of the
 * same row and of another one, another owner's, mode's and version's; cut, made longer, and with a bit changed in each byte.
 */
let postgres: TestDatabase;
let vault: TestVault;
let ring: KeyRing;
const owner = makePrincipal({ mode: 'test' });
const stranger = makePrincipal({ mode: 'test' });

/** One stored ciphertext: where it stands, who reads it, and which row the error has to name. */
interface Place {
  table: string;
  /** An expression whose value is the ciphertext's bytes, and how to set it to $1, a bytea. */
  get: string;
  set: string;
  where: string;
  names: string;
  read(): Promise<unknown>;
}
type Ids = Awaited<ReturnType<typeof store>>;
const places: Record<string, Place> = {};
const every: Buffer[] = [];

const query = (sql: string, parameters: unknown[] = []) => postgres.dataSource.query(sql, parameters);
const bytea = (column: string) => ({ get: column, set: `${column} = $1` });
const text = (column: string) => ({ get: `decode(${column}, 'base64')`, set: `${column} = ${encoded('$1')}` });
const encoded = (bytes: string) => `translate(encode(${bytes}::bytea, 'base64'), E'\\n', '')`;
const secret = (field: string) => ({
  get: `decode(secrets->>'${field}', 'base64')`,
  set: `secrets = jsonb_set(secrets, '{${field}}', to_jsonb(${encoded('$1')}))`,
});

const valueOf = async ({ table, get, where }: Place): Promise<Buffer> =>
  (await query(`SELECT ${get} AS value FROM ${table} WHERE ${where}`))[0].value;
const put = ({ table, set, where }: Place, value: Buffer) =>
  query(`UPDATE ${table} SET ${set} WHERE ${where}`, [value]);

/** A credential with tokens, an answer that waits, a flow under way, and an app token. */
async function store(principal = owner, mode: Mode = 'test') {
  const by = { ...principal, mode };
  const create = (platform: string) =>
    vault.get(CredentialsService).create(callOf(by), {
      id: newId('cred'),
      platform,
      activate: false,
      fields: {
        client_id: 'a.apps.googleusercontent.com',
        client_secret: 'GOCSPX-secret-of-the-client',
        ...(platform === 'youtube_music' && { api_key: `AIza${'k'.repeat(35)}` }),
        redirect_uri: 'http://127.0.0.1:3999/callback',
        access_token: 'an access token',
        refresh_token: 'a refresh token',
        token_expiry: new Date(Date.now() + 3_600_000).toISOString(),
      },
    });
  const [{ id }, waiting, gone] = [
    await create('youtube_music'),
    await create('youtube_music'),
    await create('youtube_music'),
  ];
  await withApp(by, id);
  await withPending(by, waiting.id);
  const start = { id, public_url: 'http://127.0.0.1:3999' };
  const { state } = await vault.get(OAuthFlowsService).start(by, start);
  await vault.get(Disconnections).disconnect(callOf(by), gone.id);
  const [revocation] = await query('SELECT id FROM revocations WHERE user_id = $1 AND mode = $2', [by.user_id, mode]);
  return { by, id, waiting: waiting.id, state, revocation: revocation.id as string };
}

async function withPending(by: typeof owner, id: string): Promise<void> {
  const credential = (await vault.get(CredentialsStore).find(by, id))!;
  const grants = vault.get(GrantsStore);
  const held = (await grants.lock(keyOf(credential, 'user'), 'killed'))!;
  const answer = { accessToken: 'a new access token', refreshToken: 'a new refresh token', expiresAt: null };
  await grants.keep(held, new TokenSeal(ring, credential).sealAnswer('user', held.fence, answer));
  await grants.unlock(held);
}

async function withApp(by: typeof owner, id: string): Promise<void> {
  const credential = (await vault.get(CredentialsStore).find(by, id))!;
  const grants = vault.get(GrantsStore);
  const key = keyOf(credential, 'app');
  await grants.ensure(key, credential.platform);
  const row = { kind: 'app' as const, version: (await grants.find(keyOf(credential, 'user')))!.version };
  const accessToken = new TokenSeal(ring, credential).seal('access_token', row, 'an app token');
  await query('UPDATE grants SET access_token = $2, version = $3 WHERE credential_id = $1 AND kind = $$app$$', [
    id,
    accessToken,
    row.version,
  ]);
}

function placesOf({ by, id, waiting, state, revocation }: Ids): Record<string, Place> {
  const credential = { table: 'credentials', where: `id = '${id}'`, names: id };
  const grant = (of: string, kind: string) => ({
    table: 'grants',
    where: `credential_id = '${of}' AND kind = '${kind}'`,
    names: of,
  });
  const show = () => vault.get(CredentialsService).get(by, id);
  const found = (of: string) => vault.get(CredentialsStore).find(by, of);
  const openGrant = async () => vault.get(Grants).find((await found(id))!);
  const openApp = async () => {
    const credential = (await found(id))!;
    const grant: Grant = (await vault.get(GrantsStore).find(keyOf(credential, 'app')))!;
    return new TokenSeal(ring, credential).open('access_token', grant, grant.accessToken!);
  };
  const issue = (credentialId: string) => vault.get(TokensService).issue(callOf(by), { credentialId, kind: 'user' });
  /** What opens is worked in, and another answer waits in its place. */
  const workIn = async () => {
    await issue(waiting);
    await withPending(by, waiting);
  };
  return {
    'credentials.secrets.api_key': { ...credential, ...secret('api_key'), read: show },
    'credentials.secrets.client_secret': { ...credential, ...secret('client_secret'), read: show },
    'credentials.data_key': { ...credential, ...bytea('data_key'), read: show },
    'grants.access_token': { ...grant(id, 'user'), ...text('access_token'), read: () => issue(id) },
    'grants.refresh_token': { ...grant(id, 'user'), ...text('refresh_token'), read: openGrant },
    'grants.access_token of the app': { ...grant(id, 'app'), ...text('access_token'), read: openApp },
    'grants.pending': { ...grant(waiting, 'user'), ...text('pending'), read: workIn },
    'oauth_flows.verifier': {
      ...{ table: 'oauth_flows', where: `credential_id = '${id}'`, names: id },
      ...bytea('verifier'),
      read: () => finish(by, id, state),
    },
    'revocations.sealed': {
      ...{ table: 'revocations', where: `id = '${revocation}'`, names: revocation },
      ...bytea('sealed'),
      read: async () =>
        openRevocation(ring, (await postgres.dataSource.manager.findOneBy(Revocation, { id: revocation }))!),
    },
  };
}

/** Whoever finishes a flow takes it away: here it is put back. */
async function finish(by: typeof owner, id: string, state: string) {
  const [{ row }] = await query('SELECT to_jsonb(f) AS row FROM oauth_flows f WHERE credential_id = $1', [id]);
  try {
    return await vault.get(OAuthFlowsService).exchange(callOf(by), { id, state, code: 'a code' });
  } finally {
    await query('INSERT INTO oauth_flows SELECT * FROM jsonb_populate_record(NULL::oauth_flows, $1)', [row]);
  }
}

beforeAll(async () => {
  postgres = await testDatabase(database);
  // Nobody is there: what opens gets as far as asking.
  vault = await makeVault(postgres, { sandboxUrl: 'http://127.0.0.1:9' });
  ring = vault.get<KeyRing>(KeyRing as never);
  // What waits is to wait: nothing is ended at a platform here, and nothing renewed.
  await vault.get(Revocations).beforeApplicationShutdown();
  await vault.get(RefreshWorker).beforeApplicationShutdown();
  await vault.get(VaultKeys).check();
  const mine = await store();
  Object.assign(places, placesOf(mine), {
    'vault_keys.canary': {
      ...{ table: 'vault_keys', where: 'version = 1', names: 'key version 1' },
      ...bytea('canary'),
      read: () => vault.get(VaultKeys).check(),
    },
  });
  const otherMode = modes.find((mode) => mode !== 'test')!;
  const others = [await store(), await store(stranger), await store(owner, otherMode)];
  const all = [places, ...others.map(placesOf)].flatMap((some) => Object.values(some));
  for (const place of all) every.push(await valueOf(place));
  // What stood there before: the version of yesterday.
  const fields = { access_token: 'a second access token', refresh_token: 'a second refresh token' };
  const token_expiry = new Date(Date.now() + 3_600_000).toISOString();
  await vault.get(CredentialsService).update(callOf(owner), { id: mine.id, fields: { ...fields, token_expiry } });
  await withApp(mine.by, mine.id);
  for (const place of Object.values(places)) every.push(await valueOf(place));
});
afterAll(async () => {
  await vault.close();
  await postgres.drop();
});

const errorOf = (work: Promise<unknown>): Promise<Partial<AppError>> =>
  work.then(
    () => ({ message: 'it was read' }),
    (error: AppError) => error,
  );

describe.each([
  'credentials.secrets.api_key',
  'credentials.secrets.client_secret',
  'credentials.data_key',
  'grants.access_token',
  'grants.refresh_token',
  'grants.access_token of the app',
  'grants.pending',
  'oauth_flows.verifier',
  'revocations.sealed',
  'vault_keys.canary',
])('%s', (name) => {
  /** Each of these must be an error that names the row, and says nothing else of it. */
  async function mustBeSeen(values: readonly Buffer[]): Promise<void> {
    const place = places[name]!;
    const original = await valueOf(place);
    const unseen: unknown[] = [];
    for (const value of values.filter((value) => !value.equals(original))) {
      await put(place, value);
      const { code, details, message } = await errorOf(place.read());
      const isNamed = `${details ?? message}`.includes(place.names);
      if (!isNamed || (code !== 'INTERNAL_ERROR' && place.table !== 'vault_keys'))
        unseen.push({ code, details, value });
    }
    await put(place, original);
    expect(unseen).toEqual([]);
    // The same reader finds nothing wrong with what belongs there.
    expect((await errorOf(place.read())).details ?? '').not.toContain('cannot be decrypted');
  }

  it('is told from every other value that is stored', async () => {
    expect(every.length).toBeGreaterThan(40);
    await mustBeSeen(every);
  });

  it('does not open with a bit changed in any of its bytes', async () => {
    const original = await valueOf(places[name]!);
    await mustBeSeen(
      Array.from(original, (_, at) => {
        const changed = Buffer.from(original);
        changed[at]! ^= 1 << (at % 8);
        return changed;
      }),
    );
  });

  it('does not open cut short or made longer', async () => {
    const original = await valueOf(places[name]!);
    const lengths = [0, 1, 7, 12, 28, 35, original.length - 1];
    const cut = lengths.map((length) => original.subarray(0, length));
    await mustBeSeen([...cut, Buffer.concat([original, Buffer.alloc(1)]), original.subarray(1)]);
  });
});

describe('a whole row', () => {
  it.each<[string, string, (id: string) => Promise<unknown>]>([
    ['owner', `user_id = '${stranger.user_id}'`, (id) => vault.get(CredentialsService).get(stranger, id)],
    ['mode', `mode = 'live'`, (id) => vault.get(CredentialsService).get({ ...owner, mode: 'live' }, id)],
  ])('is nothing to another %s to whom it was given', async (_, change, read) => {
    const { id } = await store();
    await query(`UPDATE credentials SET ${change} WHERE id = $1`, [id]);
    expect(await errorOf(read(id))).toMatchObject({ code: 'INTERNAL_ERROR', details: expect.stringContaining(id) });
  });

  it('of a grant does not open under another version, or as the other kind', async () => {
    const { id, by } = await store();
    const credential = (await vault.get(CredentialsStore).find(by, id))!;
    const open = () => errorOf(vault.get(Grants).find(credential));
    await query(`UPDATE grants SET version = version + 1 WHERE credential_id = $1`, [id]);
    expect(await open()).toMatchObject({ code: 'INTERNAL_ERROR', details: expect.stringContaining(id) });
    await query(`UPDATE grants SET version = version - 1 WHERE credential_id = $1`, [id]);
    await query(`DELETE FROM grants WHERE credential_id = $1 AND kind = 'user'`, [id]);
    await query(`UPDATE grants SET kind = 'user' WHERE credential_id = $1`, [id]);
    expect(await open()).toMatchObject({ code: 'INTERNAL_ERROR', details: expect.stringContaining(id) });
  });
});
