import type { AppError } from '@musicgen/error-codes';
import { secretFields, type CredentialView, type Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal, testDatabase, type TestDatabase } from '@musicgen/testing';
import { callOf, allPlatforms, makeRequest } from '../../test/factories';
import { makeVault, type TestVault } from '../../test/vault';
import { database } from '../persistence/data-source';
import { Disconnections } from '../oauth/disconnections.service';
import { PlatformsService } from '../platforms/platforms.service';
import { CredentialChanges } from './credential-changes';
import { CredentialsService } from './credentials.service';

let postgres: TestDatabase;
let vault: TestVault;
let credentials: CredentialsService;
let owner: Principal;

beforeAll(async () => {
  postgres = await testDatabase(database);
  vault = await makeVault(postgres);
  credentials = vault.get(CredentialsService);
});
afterAll(async () => {
  await vault.close();
  await postgres.drop();
});
beforeEach(() => {
  owner = makePrincipal();
});

const create = (overrides: Parameters<typeof makeRequest>[0] = {}, by = owner) =>
  credentials.create(callOf(by), makeRequest(overrides));
const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const activeOnes = async (by = owner) =>
  (await credentials.list(by, { limit: 100, active: true })).data.map(({ id }) => id);
const page = { limit: 100 };

describe.each(allPlatforms.map((platform) => [platform.id, platform] as const))(
  'a credential for %s',
  (id, platform) => {
    it('is stored and read: open fields as they are, secrets masked', async () => {
      const request = makeRequest({ platform: id, name: 'mine' });
      const example = request.fields;
      const created = await credentials.create(callOf(owner), request);
      expect(await credentials.get(owner, created.id)).toEqual(created);
      expect(created).toMatchObject({
        platform: id,
        name: 'mine',
        state: 'unverified',
        is_active: false,
        mode: 'live',
      });
      for (const [name, value] of Object.entries(created.fields)) {
        const isSecret = secretFields(platform).includes(name);
        if (isSecret) expect(value).toEqual({ set: true, hint: expect.stringMatching(/^…[\s\S]{0,4}$/) });
        else if (name in example) expect(value).toEqual(example[name]);
      }
      for (const name of secretFields(platform)) {
        if (typeof example[name] === 'string') expect(JSON.stringify(created)).not.toContain(example[name]);
      }
    });
  },
);

describe('somebody else’s credential', () => {
  it.each<[string, () => Principal]>([
    ['another user', () => makePrincipal()],
    ['the same user in the other mode', () => ({ ...owner, mode: 'test' })],
  ])('is nothing to %s', async (_, stranger) => {
    const { id } = await create({ activate: true });
    const by = stranger();
    const attempts = [
      () => credentials.get(by, id),
      () => credentials.update(callOf(by), { id, name: 'stolen' }),
      () => credentials.activate(callOf(by), id),
      () => credentials.deactivate(callOf(by), id),
      () => credentials.delete(callOf(by), id),
    ];
    for (const attempt of attempts) {
      const nothing = await failure(credentials.get(by, newId('cred')));
      expect((await failure(attempt())).toWire()).toEqual(nothing.toWire());
    }
    expect((await credentials.list(by, page)).data).toEqual([]);
    expect(await activeOnes(by)).toEqual([]);
    expect(await credentials.get(owner, id)).toMatchObject({ is_active: true, name: null });
  });

  it('keeps its id: whoever else brings it learns only that it is taken', async () => {
    const { id } = await create({ name: 'private', activate: true });
    const stranger = makePrincipal();
    const mine = await create({ activate: true }, stranger);
    const error = await failure(create({ id, activate: true }, stranger));
    expect(error.toWire()).toEqual({ code: 'CONFLICT', details: 'The id is taken' });
    expect(await activeOnes(stranger)).toEqual([mine.id]);
    expect(await activeOnes()).toEqual([id]);
  });
});

describe('creating', () => {
  it('the same id again answers what is there, and changes nothing of it', async () => {
    const request = makeRequest({ activate: true, name: 'first' });
    const first = await credentials.create(callOf(owner), request);
    expect(first.is_active).toBe(true);
    expect(await credentials.create(callOf(owner), { ...request, name: 'second' })).toEqual(first);
    expect(await activeOnes()).toEqual([first.id]);
  });

  it('the same id many times at once makes one', async () => {
    const request = makeRequest({ activate: true });
    const views = await Promise.all(Array.from({ length: 20 }, () => credentials.create(callOf(owner), request)));
    for (const view of views) expect(view).toEqual(views[0]);
    expect((await credentials.list(owner, page)).data).toHaveLength(1);
  });
});

describe('the active credential of a platform', () => {
  it('is one, however many are activated at once', async () => {
    const views = await Promise.all(Array.from({ length: 20 }, () => create({ activate: true })));
    expect(await activeOnes()).toHaveLength(1);
    await Promise.all(views.map(({ id }) => credentials.activate(callOf(owner), id)));
    expect(await activeOnes()).toHaveLength(1);
  });

  it('is one per platform and mode', async () => {
    const spotify = await create({ activate: true });
    const tidal = await create({ platform: 'tidal', activate: true });
    const test = await create({ activate: true }, { ...owner, mode: 'test' });
    expect((await activeOnes()).toSorted()).toEqual([spotify.id, tidal.id].toSorted());
    expect(await activeOnes({ ...owner, mode: 'test' })).toEqual([test.id]);
  });

  it('stays when another, which is gone, was to take its place', async () => {
    const [active, gone] = [await create({ activate: true }), await create()];
    await credentials.delete(callOf(owner), gone.id);
    expect((await failure(credentials.activate(callOf(owner), gone.id))).code).toBe('NOT_FOUND');
    expect(await activeOnes()).toEqual([active.id]);
    await credentials.deactivate(callOf(owner), active.id);
    expect(await activeOnes()).toEqual([]);
  });
});

describe('changing', () => {
  const secret = 'fedcba98765432100000000000009999';

  it('a field leaves the others as they are, null takes an optional one away', async () => {
    const before = await create({ name: 'a', description: 'b' });
    const after = await credentials.update(callOf(owner), {
      id: before.id,
      name: null,
      fields: { client_secret: secret, redirect_uri: null },
    });
    const { redirect_uri: _, ...fields } = before.fields;
    expect(after.fields).toEqual({ ...fields, client_secret: { set: true, hint: '…9999' } });
    expect(after).toMatchObject({ name: null, description: 'b' });
  });

  it.each([{ no_such: 'canary' }, { no_such: null }, { client_secret: ['canary'] }, { client_id: null }])(
    'to %j is refused by name, without a value, and changes nothing',
    async (fields) => {
      const before = await create();
      const error = await failure(credentials.update(callOf(owner), { id: before.id, name: 'new', fields }));
      expect(error).toMatchObject({ code: 'VALIDATION_FAILED' });
      expect((error.data as { fields: { path: string }[] }).fields[0]!.path).toBe(`fields.${Object.keys(fields)[0]}`);
      expect(JSON.stringify(error.toWire())).not.toMatch(/canary|fedcba/);
      expect(await credentials.get(owner, before.id)).toEqual(before);
    },
  );

  it('different fields at once loses none', async () => {
    const { id, fields } = await create();
    const changes = [{ client_secret: secret }, { client_id: 'f'.repeat(32) }, { redirect_uri: null }];
    await Promise.all(changes.map((change) => credentials.update(callOf(owner), { id, fields: change })));
    const after: CredentialView = await credentials.get(owner, id);
    expect(after.fields).toMatchObject({ client_id: 'f'.repeat(32), client_secret: { set: true, hint: '…9999' } });
    expect(after.fields).not.toHaveProperty('redirect_uri');
    expect(fields).toHaveProperty('redirect_uri');
  });
});

it('tells the other replicas of every change, after its commit', async () => {
  const told: string[] = [];
  vault.get(CredentialChanges).listen(({ id }) => told.push(id));
  const { id } = await create();
  const other = await create();
  const change = (credential_id: string | null) =>
    vault.get(PlatformsService).change(callOf(owner), { platform: 'spotify', credential_id });
  const steps = [
    () => credentials.update(callOf(owner), { id, name: 'new' }),
    () => credentials.activate(callOf(owner), id),
    () => credentials.deactivate(callOf(owner), id),
    () => change(id),
    () => change(null),
    () => vault.get(Disconnections).disconnect(callOf(owner), id),
    () => credentials.delete(callOf(owner), id),
  ];
  expect(told).toEqual([id, other.id]);
  for (const [step, make] of steps.entries()) {
    await make();
    expect(told).toEqual([id, other.id, ...Array.from({ length: step + 1 }, () => id)]);
  }
  await failure(credentials.delete(callOf(owner), id));
  expect(told).toHaveLength(steps.length + 2);
});

it('lists newest first, page by page, filtered by platform and by being active', async () => {
  const ids: string[] = [];
  for (const platform of ['spotify', 'tidal', 'spotify', 'spotify']) ids.unshift((await create({ platform })).id);
  await credentials.activate(callOf(owner), ids[0]!);
  const first = await credentials.list(owner, { limit: 3 });
  const second = await credentials.list(owner, { limit: 3, cursor: first.next_cursor! });
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
  expect(second.next_cursor).toBeNull();
  const listed = async (filter: object) =>
    (await credentials.list(owner, { ...page, ...filter })).data.map(({ id }) => id);
  expect(await listed({ platform: 'tidal' })).toEqual([ids[2]]);
  expect(await listed({ active: true })).toEqual([ids[0]]);
  expect(await listed({ platform: 'spotify', active: false })).toEqual([ids[1], ids[3]]);
});

it('deletes the row with its key, and tells others in the same transaction', async () => {
  const { id } = await create({ activate: true });
  await credentials.delete(callOf(owner), id);
  expect((await failure(credentials.get(owner, id))).code).toBe('NOT_FOUND');
  expect((await failure(credentials.delete(callOf(owner), id))).code).toBe('NOT_FOUND');
  const events = await postgres.dataSource.query(`SELECT payload FROM outbox WHERE payload->>'credential_id' = $1`, [
    id,
  ]);
  expect(events).toEqual([
    { payload: { credential_id: id, user_id: owner.user_id, platform: 'spotify', mode: 'live' } },
  ]);
});

/** What the database, its backups and its logs could show. */
it('leaves no secret in the database in the clear', async () => {
  const canaries: string[] = [];
  for (const platform of allPlatforms) {
    const request = makeRequest({ platform: platform.id });
    await credentials.create(callOf(owner), request);
    await credentials.update(callOf(owner), { id: request.id, fields: request.fields });
    for (const name of secretFields(platform)) {
      if (typeof request.fields[name] === 'string') canaries.push(request.fields[name]);
    }
  }
  expect(canaries.length).toBeGreaterThanOrEqual(allPlatforms.length);
  let dump = '';
  for (const table of ['credentials', 'outbox', 'migrations']) {
    dump += JSON.stringify(await postgres.dataSource.query(`SELECT to_jsonb(t) AS row FROM ${table} t`));
    dump += JSON.stringify(
      await postgres.dataSource.query(`SELECT encode(data_key, 'escape') AS row FROM credentials`),
    );
  }
  expect(dump.includes(owner.user_id)).toBe(true);
  const forms = (text: string) => [
    text,
    ...text.split('\n').filter(Boolean),
    Buffer.from(text).toString('base64').slice(0, 24),
  ];
  expect(canaries.flatMap(forms).filter((form) => dump.includes(form))).toEqual([]);
});

/** What a thief of the database could try. */
it('does not open a row whose secrets were put there from another row', async () => {
  const [a, b] = [await create(), await create()];
  await postgres.dataSource.query(
    `UPDATE credentials SET secrets = o.secrets, data_key = o.data_key FROM credentials o WHERE credentials.id = $1 AND o.id = $2`,
    [a.id, b.id],
  );
  expect(await failure(credentials.get(owner, a.id))).toMatchObject({ code: 'INTERNAL_ERROR' });
  expect(await credentials.get(owner, b.id)).toEqual(b);
});
