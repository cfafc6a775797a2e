import { platforms, type Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { Closer, makePrincipal, until, type TestDatabase, type TestSandbox } from '@musicgen/testing';
import { callOf, makeRequest } from '../../test/factories';
import { openVault, type TestVault } from '../../test/vault';
import { CredentialsService } from '../credentials/credentials.service';
import { CredentialsStore } from '../credentials/credentials.store';
import { PlatformsService } from '../platforms/platforms.service';
import { AccountErasure } from './account-erasure.service';

const platform = 'youtube_music';

let postgres: TestDatabase;
let sandbox: TestSandbox;
let vault: TestVault;
let credentials: CredentialsService;
let owner: Principal;

const closer = new Closer();
beforeAll(async () => {
  ({ postgres, sandbox, vault } = await openVault(closer));
  credentials = vault.get(CredentialsService);
});
afterAll(closer.close);
beforeEach(() => {
  owner = makePrincipal();
});

const inTest = (principal: Principal): Principal => ({ ...principal, mode: 'test' });
const create = (by: Principal, request: Parameters<typeof makeRequest>[0] = {}) =>
  credentials.create(callOf(by), makeRequest(request));
const rows = (table: string, userId: string): Promise<{ id: string }[]> =>
  postgres.dataSource.query(`SELECT * FROM ${table} WHERE user_id = $1`, [userId]);

/** With tokens, which the platform knows. */
async function connected(by: Principal) {
  const app = await sandbox.register(platform);
  const scopes = ['https://www.googleapis.com/auth/youtube.readonly'];
  const minted = await sandbox.control('POST', '/tokens', { platform, client: app.client_id, user: 'ada', scopes });
  const fields = {
    ...{ client_id: app.client_id, client_secret: app.client_secret },
    ...{ access_token: minted.access_token, refresh_token: minted.refresh_token, token_expiry: minted.expires_at },
  };
  await create(by, { platform, fields, activate: true });
  return app.client_id;
}

it('deletes a user’s credentials of both modes with their keys and tokens, and ends his grants at the platforms', async () => {
  const other = makePrincipal();
  const kept = [await create(other), await create(inTest(other))].map(({ id }) => id);
  await create(owner);
  await create(owner, { platform: 'tidal' });
  const clientId = await connected(inTest(owner));
  const { auth } = platforms[platform];
  expect(auth).toMatchObject({ type: 'oauth2', revoke: expect.anything() });
  await vault.get(PlatformsService).change(callOf(owner), { platform: 'spotify', link: 'https://example.com' });

  await vault.get(AccountErasure).erase(owner.user_id);

  for (const table of ['credentials', 'grants', 'platform_links', 'oauth_flows']) {
    expect({ table, rows: await rows(table, owner.user_id) }).toEqual({ table, rows: [] });
  }
  expect((await rows('credentials', other.user_id)).map(({ id }) => id).sort()).toEqual(kept.sort());
  await until(async () => {
    const { grants } = await sandbox.control('GET', '/grants');
    return grants.find((grant: { client_id: string }) => grant.client_id === clientId).revoked_at !== null;
  }, 'the grant to be revoked');
  await until(async () => (await rows('revocations', owner.user_id)).length === 0);
});

it('goes on where it was broken off, and can be done again', async () => {
  for (const by of [owner, owner, inTest(owner)]) await create(by);
  const broken = vault.get(CredentialsStore);
  const list = broken.list.bind(broken);
  let asked = 0;
  broken.list = (...about) => (++asked === 2 ? Promise.reject(new Error('the connection is gone')) : list(...about));
  await expect(vault.get(AccountErasure).erase(owner.user_id)).rejects.toThrow('the connection is gone');
  broken.list = list;
  expect(await rows('credentials', owner.user_id)).toHaveLength(1);
  for (let i = 0; i < 2; i++) await vault.get(AccountErasure).erase(owner.user_id);
  expect(await rows('credentials', owner.user_id)).toEqual([]);
});

it('tells others of each credential that is gone', async () => {
  const { id } = await create(owner);
  await vault.get(AccountErasure).erase(owner.user_id);
  const told: { payload: { credential_id: string } }[] = await postgres.dataSource.query(
    `SELECT payload FROM outbox WHERE subject = 'vault.v1.event.credential.deleted' AND payload->>'user_id' = $1`,
    [owner.user_id],
  );
  expect(told.map(({ payload }) => payload.credential_id)).toEqual([id]);
});

describe('the list of everybody’s credentials', () => {
  const list = (by: Principal, request: object = {}) => credentials.listAll(by, { limit: 100, ...request });

  it('is an administrator’s alone, signed in by password or by the dashboard', async () => {
    for (const by of [
      owner,
      makePrincipal({ role: 'admin', method: 'api_key', key_id: newId('key') }),
      makePrincipal({ role: 'admin', method: 'key_session' }),
    ]) {
      await expect(list(by)).rejects.toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    }
    for (const method of ['password', 'cookie'] as const) {
      expect(await list(makePrincipal({ role: 'admin', method }))).toMatchObject({ data: expect.any(Array) });
    }
  });

  it('shows those of all users in both modes, newest first, without any field', async () => {
    const admin = makePrincipal({ role: 'admin' });
    const made = [
      await create(owner),
      await create(inTest(owner)),
      await create(makePrincipal(), { platform: 'tidal' }),
    ];
    const { data } = await list(admin, { limit: 3 });
    expect(data.map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
    expect(data[1]).toMatchObject({ user_id: owner.user_id, mode: 'test' });
    for (const row of data) expect(Object.keys(row)).not.toContain('fields');
    const first = await list(admin, { limit: 1, user_id: owner.user_id });
    const second = await list(admin, { limit: 1, user_id: owner.user_id, cursor: first.next_cursor });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([made[1]!.id, made[0]!.id]);
    expect(second.next_cursor).toBeNull();
    expect((await list(admin, { limit: 1, platform: 'tidal' })).data[0]!.id).toBe(made[2]!.id);
    expect((await list(admin, { active: true, user_id: owner.user_id })).data).toEqual([]);
  });
});
