import { platformIds, type Principal } from '@musicgen/platform-contracts';
import { makePrincipal, testDatabase, type TestDatabase } from '@musicgen/testing';
import { callOf, makeRequest } from '../../test/factories';
import { makeVault, type TestVault } from '../../test/vault';
import { CredentialsService } from '../credentials/credentials.service';
import { database } from '../persistence/data-source';
import { PlatformsService } from './platforms.service';

let postgres: TestDatabase;
let vault: TestVault;
let platforms: PlatformsService;
let credentials: CredentialsService;
let owner: Principal;

beforeAll(async () => {
  postgres = await testDatabase(database);
  vault = await makeVault(postgres);
  platforms = vault.get(PlatformsService);
  credentials = vault.get(CredentialsService);
});
afterAll(async () => {
  await vault.close();
  await postgres.drop();
});
beforeEach(() => {
  owner = makePrincipal();
});

const of = async (platform: string, by = owner) =>
  (await platforms.list(by)).data.find((row) => row.platform === platform)!;

it('lists every platform, also to somebody who has nothing', async () => {
  const { data } = await platforms.list(owner);
  expect(data.map(({ platform }) => platform)).toEqual(platformIds);
  expect(data.every((row) => row.connectable === 'no' && row.active_credential === null && row.link === null)).toBe(
    true,
  );
});

it('says whether an account can be connected with an own client, with a shared one, or not', async () => {
  const { id } = await credentials.create(callOf(owner), makeRequest({ platform: 'tidal', activate: true }));
  expect(await of('tidal')).toMatchObject({ connectable: 'own', active_credential: { id } });
  const other = makePrincipal();
  expect(await of('tidal', other)).toMatchObject({ connectable: 'no' });

  const admin = makePrincipal({ role: 'admin' });
  const shared = await credentials.create(callOf(admin), makeRequest({ platform: 'tidal', shared: true }));
  expect(await of('tidal', other)).toMatchObject({ connectable: 'shared' });
  expect(await of('tidal', { ...other, mode: 'test' })).toMatchObject({ connectable: 'no' });
  await credentials.delete(callOf(admin), shared.id);
  await credentials.create(callOf(owner), makeRequest({ platform: 'acrcloud', activate: true }));
  expect(await of('acrcloud')).toMatchObject({ connectable: 'no' });
});

it('associates a platform with one credential at a time, and with none', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => credentials.create(callOf(owner), makeRequest())));
  const choose = async (credential_id: string | null) =>
    (await platforms.change(callOf(owner), { platform: 'spotify', credential_id })).active_credential?.id;
  expect(await choose(first!.id)).toBe(first!.id);
  expect(await choose(second!.id)).toBe(second!.id);
  expect((await credentials.get(owner, first!.id)).is_active).toBe(false);
  expect(await choose(null)).toBeUndefined();
});

it('takes no credential of another platform, owner or mode, and then changes nothing', async () => {
  const { id } = await credentials.create(callOf(owner), makeRequest());
  const tidal = await credentials.create(callOf(owner), makeRequest({ platform: 'tidal' }));
  const tries: [Principal, string][] = [
    [owner, tidal.id],
    [makePrincipal(), id],
    [{ ...owner, mode: 'test' }, id],
    [owner, 'nonsense'],
  ];
  for (const [by, credential_id] of tries) {
    const work = platforms.change(callOf(by), { platform: 'spotify', credential_id, link: 'https://a.example' });
    await expect(work).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      data: { fields: [{ path: 'credential_id' }] },
    });
    expect(await of('spotify', by)).toMatchObject({ link: null, active_credential: null });
  }
});

it('keeps a link per user and mode until it is taken away', async () => {
  const link = 'https://open.spotify.com/intl-de';
  expect(await platforms.change(callOf(owner), { platform: 'spotify', link })).toMatchObject({ link });
  expect(await platforms.change(callOf(owner), { platform: 'spotify' })).toMatchObject({ link });
  expect(await of('spotify', { ...owner, mode: 'test' })).toMatchObject({ link: null });
  expect(await of('spotify', makePrincipal())).toMatchObject({ link: null });
  expect(await platforms.change(callOf(owner), { platform: 'spotify', link: null })).toMatchObject({ link: null });
});
