import { explanation, type Reason } from '@musicgen/platform-contracts';
import { Closer, makePrincipal, testDatabase, type TestDatabase } from '@musicgen/testing';
import { callOf, makeRequest } from '../../test/factories';
import { makeVault, type TestVault } from '../../test/vault';
import { CredentialsService } from '../credentials/credentials.service';
import { CredentialsStore } from '../credentials/credentials.store';
import { database } from '../persistence/data-source';
import { isValid, type CheckedPart } from './verdict';
import { Verdicts } from './verdicts.service';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let postgres: TestDatabase;
let vault: TestVault;
let start: number;

const closer = new Closer();
beforeAll(async () => {
  postgres = await closer.open(testDatabase(database), ({ drop }) => drop());
  vault = await closer.open(makeVault(postgres), ({ close }) => close());
});
afterAll(closer.close);
beforeEach(async () => {
  start = Date.now();
  await postgres.dataSource.query('DELETE FROM credentials');
  await postgres.dataSource.query('DELETE FROM refresh_breakers');
});

const owner = makePrincipal();
const partOf = (reason: Reason): CheckedPart => ({
  name: 'app',
  ...explanation(reason),
  valid: isValid(reason),
  upstream_status: 400,
  isLeftOut: false,
  provesGrant: false,
  provesCredential: true,
});

/** What a check finds, so long after the start. */
async function found(id: string, reason: Reason, afterMs: number, isAttended = false) {
  const credential = (await vault.get(CredentialsStore).find(owner, id))!;
  const verdicts = vault.get(Verdicts);
  const checked = await verdicts.begin(credential, isAttended);
  return verdicts.settle(checked, [partOf(reason)], new Date(start + afterMs));
}

/** A credential of this platform that has been found to be good. */
async function good(platform = 'spotify'): Promise<string> {
  const { id } = await vault.get(CredentialsService).create(callOf(owner), makeRequest({ platform }));
  await found(id, 'ok', 0, true);
  return id;
}
const goodOnes = async (count: number) => {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await good());
  return ids;
};
const openBreaker = (platform: string) =>
  postgres.dataSource.query(
    `INSERT INTO refresh_breakers (platform, mode, opened_at, next_trial_at) VALUES ($1, $2, now(), now())`,
    [platform, owner.mode],
  );

describe('a refusal that nobody asked for', () => {
  it.each(['invalid_client', 'forbidden'] as const)('is believed when it comes again: %s', async (reason) => {
    const id = await good();
    expect(await found(id, reason, minute)).toMatchObject({ state: 'valid', doubt: 'first' });
    expect(await found(id, reason, 2 * minute)).toMatchObject({ state: 'valid', doubt: 'first' });
    expect(await found(id, reason, hour)).toMatchObject({ state: 'invalid', doubt: null });
  });

  it('is believed at once by whoever asked', async () => {
    expect(await found(await good(), 'invalid_client', minute, true)).toMatchObject({ state: 'invalid', doubt: null });
  });

  it('is forgotten when the credential is good in between, and not when the platform says nothing', async () => {
    const [proven, silent] = await goodOnes(2);
    for (const id of [proven!, silent!]) await found(id, 'invalid_client', minute);
    await found(proven!, 'ok', hour);
    await found(silent!, 'timeout', hour);
    expect(await found(proven!, 'invalid_client', 2 * hour)).toMatchObject({ state: 'valid', doubt: 'first' });
    expect(await found(silent!, 'invalid_client', 2 * hour)).toMatchObject({ state: 'invalid' });
  });

  it('is forgotten when the secret is another', async () => {
    const id = await good();
    await found(id, 'invalid_client', minute);
    const { client_secret } = makeRequest().fields;
    await vault.get(CredentialsService).update(callOf(owner), { id, fields: { client_secret } });
    expect(await found(id, 'invalid_client', hour)).toMatchObject({ state: 'unverified', doubt: 'first' });
  });

  it('is not believed while the platform says so of many, for a day at most; nor does it change anything', async () => {
    const all = await goodOnes(6);
    for (const id of all) await found(id, 'forbidden', minute);
    for (const at of [hour, 2 * hour, 23 * hour]) {
      for (const id of all) expect(await found(id, 'forbidden', at)).toMatchObject({ state: 'valid', doubt: 'storm' });
    }
    const [credential] = await postgres.dataSource.query(`SELECT * FROM credentials WHERE id = $1`, [all[0]]);
    expect(credential).toMatchObject({ state: 'valid', validation_error: expect.stringContaining('many at once') });
    expect(await found(all[0]!, 'forbidden', day + 2 * minute)).toMatchObject({ state: 'invalid' });
  });

  it('is believed of one that is really bad once the others are good again', async () => {
    const all = await goodOnes(6);
    for (const id of all) await found(id, 'forbidden', minute);
    for (const id of all) await found(id, 'forbidden', hour);
    const [bad, ...others] = all;
    for (const id of others) expect(await found(id, 'ok', 2 * hour)).toMatchObject({ state: 'valid', doubt: null });
    expect(await found(bad!, 'forbidden', 2 * hour)).toMatchObject({ state: 'invalid' });
  });

  it('is believed of some while most are good', async () => {
    const all = await goodOnes(40);
    const bad = all.slice(0, 6);
    for (const id of bad) await found(id, 'invalid_client', minute);
    for (const id of all.slice(6)) await found(id, 'ok', 2 * minute);
    for (const id of bad) expect(await found(id, 'invalid_client', hour)).toMatchObject({ state: 'invalid' });
  });

  it('is not believed while renewals of that platform are refused to many', async () => {
    const [id, other] = [await good('tidal'), await good('spotify')];
    await openBreaker('tidal');
    for (const one of [id, other]) await found(one, 'invalid_client', minute);
    expect(await found(id, 'invalid_client', hour)).toMatchObject({ state: 'valid', doubt: 'storm' });
    expect(await found(other, 'invalid_client', hour)).toMatchObject({ state: 'invalid' });
    await postgres.dataSource.query('DELETE FROM refresh_breakers');
    expect(await found(id, 'invalid_client', 2 * hour)).toMatchObject({ state: 'invalid' });
  });
});
