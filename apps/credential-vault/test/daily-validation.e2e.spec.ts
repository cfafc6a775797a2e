import { until } from '@musicgen/testing';
import { registerApp, startVault, userOf, type RunningVault } from './running-vault';

let vault: RunningVault;
let user: ReturnType<typeof userOf>;

beforeAll(async () => void (vault = await startVault()));
afterAll(() => vault.close());
beforeEach(async () => {
  user = userOf(vault.client);
  await vault.sandbox.control('DELETE', '/faults');
  await vault.postgres.dataSource.query(`DELETE FROM paces`);
});

/** Makes a credential's next check due since then. */
const makeDue = (id: string, since = new Date(Date.now() - 60_000)) =>
  vault.postgres.dataSource.query(
    `INSERT INTO revalidations (credential_id, due_at) VALUES ($1, $2)
     ON CONFLICT (credential_id) DO UPDATE SET due_at = excluded.due_at`,
    [id, since],
  );
const dueAt = async (id: string): Promise<number> => {
  const [row] = await vault.postgres.dataSource.query(`SELECT due_at FROM revalidations WHERE credential_id = $1`, [
    id,
  ]);
  return row?.due_at.getTime() ?? 0;
};
/** Where the next check is once this one is done: further away than the lease of one that is not. */
const checked = (id: string) =>
  until(async () => (await dueAt(id)) > Date.now() + 30 * 60_000 && dueAt(id), 'a check to be done');
/** Has a credential checked now; when it is next. */
async function check(id: string): Promise<number> {
  await vault.postgres.dataSource.query(`DELETE FROM paces`);
  await makeDue(id);
  return checked(id);
}
/** The hour between a refusal and the second question. */
const anHourLater = (id: string) =>
  vault.postgres.dataSource.query(
    `UPDATE revalidations SET refused_since = refused_since - interval '1 hour' WHERE credential_id = $1`,
    [id],
  );
const hours = (ms: number) => (ms - Date.now()) / 3_600_000;
const appRequests = (client: string) =>
  vault.sandbox.requests({ platform: 'spotify', client, grant_type: 'client_credentials' });

describe('the daily check', () => {
  it('is not lost with the replica that was killed with it: it is due again when the lease ends', async () => {
    const { fields } = await registerApp(vault, 'spotify');
    const { id } = await user.create('spotify', fields, true);
    const { id: hold } = await vault.sandbox.control('POST', '/faults', {
      platform: 'spotify',
      failure: 'hold',
      times: 1,
    });
    await makeDue(id);
    await until(async () => (await vault.sandbox.control('GET', `/faults/${hold}`)).held === 1, 'the check to begin');
    await vault.processes[0]!.stop('SIGKILL');
    const lease = (await dueAt(id)) - Date.now();
    expect(lease).toBeGreaterThan(60_000);
    expect(lease).toBeLessThan(10 * 60_000);
    await vault.start();
    expect(await user.get(id)).toMatchObject({ state: 'unverified' });
    await vault.postgres.dataSource.query(`UPDATE paces SET free_at = now()`);
    await makeDue(id);
    await checked(id);
    expect(await user.get(id)).toMatchObject({ state: 'valid' });
  });

  it('believes that an active credential is no good when the platform says so again, and comes back a day later', async () => {
    const { fields } = await registerApp(vault, 'spotify');
    const { id } = await user.create('spotify', fields, true);
    await user.validate(id);
    await vault.sandbox.control('PATCH', `/clients/spotify/${fields.client_id}`, { client_secret: 'rotated' });
    expect(hours(await check(id))).toBeLessThan(1.1);
    expect(await user.get(id)).toMatchObject({
      state: 'valid',
      validation_error: expect.stringMatching(/^app:.*asked again before this is believed/),
    });
    await anHourLater(id);
    const next = hours(await check(id));
    expect(next).toBeGreaterThan(11);
    expect(next).toBeLessThan(37);
    expect(await user.get(id)).toMatchObject({
      state: 'invalid',
      validation_error: expect.stringMatching(/^app:.*\)$/),
    });
  });

  it('believes nothing while the platform refuses many, asks it sparingly, and checks again afterwards', async () => {
    const { fields } = await registerApp(vault, 'tidal');
    const { id } = await user.create('tidal', fields, true);
    await user.validate(id);
    await vault.sandbox.control('PATCH', `/clients/tidal/${fields.client_id}`, { client_secret: 'rotated' });
    await vault.postgres.dataSource.query(
      `INSERT INTO refresh_breakers (platform, mode, opened_at, next_trial_at)
       VALUES ('tidal', 'test', now(), now() + interval '1 day')`,
    );
    await check(id);
    await anHourLater(id);
    await check(id);
    expect(await user.get(id)).toMatchObject({ state: 'valid', validation_error: expect.stringContaining('many') });
    // The platform's pause is written after the verdict.
    await until(async () => {
      const [pace] = await vault.postgres.dataSource.query(`SELECT free_at FROM paces WHERE platform = 'tidal'`);
      return pace.free_at.getTime() > Date.now() + 30_000;
    }, 'the platform to be left alone for longer than after any check');
    await vault.postgres.dataSource.query(`DELETE FROM refresh_breakers`);
    await check(id);
    expect(await user.get(id)).toMatchObject({ state: 'invalid' });
  });

  it('is done by one of many replicas, once', async () => {
    await Promise.all([vault.start(), vault.start()]);
    const { fields } = await registerApp(vault, 'spotify');
    const { id } = await user.create('spotify', fields, true);
    await makeDue(id);
    await checked(id);
    expect(await appRequests(fields.client_id)).toHaveLength(1);
  });

  it('leaves alone what is not active, and what only its user can heal', async () => {
    const [inactive, ended, last] = await Promise.all(
      [false, true, true].map(async (isActive) => {
        const { fields } = await registerApp(vault, 'spotify');
        const { id } = await userOf(vault.client).create('spotify', fields, isActive);
        return { id, client: fields.client_id };
      }),
    );
    await vault.postgres.dataSource.query(`UPDATE credentials SET state = 'needs_reauthorization' WHERE id = $1`, [
      ended!.id,
    ]);
    await makeDue(inactive!.id, new Date(0));
    await makeDue(ended!.id, new Date(0));
    await makeDue(last!.id);
    await checked(last!.id);
    expect(await appRequests(inactive!.client)).toEqual([]);
    expect(await appRequests(ended!.client)).toEqual([]);
  });

  it('says nothing against a credential while its platform is in trouble, and leaves the platform alone', async () => {
    const { fields } = await registerApp(vault, 'spotify');
    const { id } = await user.create('spotify', fields, true);
    await user.validate(id);
    await vault.sandbox.control('POST', '/faults', {
      platform: 'spotify',
      failure: 'rate_limited',
      host: 'accounts',
      retry_after: 7200,
    });
    await makeDue(id);
    const next = hours(await checked(id));
    expect(next).toBeGreaterThan(1.9);
    expect(next).toBeLessThan(2.1);
    expect(await user.get(id)).toMatchObject({
      state: 'valid',
      validation_error: expect.stringContaining('rate_limited'),
    });
    const free = await until(async () => {
      const [pace] = await vault.postgres.dataSource.query(
        `SELECT free_at FROM paces WHERE platform = 'spotify' AND mode = 'test'`,
      );
      return hours(pace.free_at.getTime()) > 1 && hours(pace.free_at.getTime());
    });
    expect(free).toBeLessThan(2.1);
  });

  it('believes that a grant has ended only when the platform says so again', async () => {
    const { clients } = await vault.sandbox.control('GET', '/clients?platform=apple_music');
    const [{ client_id: team_id, settings }] = clients;
    const [{ key_id, private_key }] = settings.keys;
    const { music_user_token } = await vault.sandbox.control('POST', '/apple_music/music_user_tokens', { user: 'ben' });
    const { id } = await user.create('apple_music', { team_id, key_id, private_key, music_user_token }, true);
    await user.validate(id);
    await vault.sandbox.control('POST', '/apple_music/music_user_tokens/revoke', { user: 'ben' });
    await makeDue(id);
    expect(hours(await checked(id))).toBeLessThan(1.1);
    expect(await user.get(id)).toMatchObject({
      state: 'valid',
      validation_error: expect.stringContaining('token_revoked'),
    });
    await anHourLater(id);
    await vault.postgres.dataSource.query(`DELETE FROM paces`);
    await makeDue(id);
    await until(async () => (await user.get(id)).state === 'needs_reauthorization');
  });

  it('is due within a day for a credential that was never checked', async () => {
    const { fields } = await registerApp(vault, 'spotify');
    const { id } = await user.create('spotify', fields, true);
    await vault.postgres.dataSource.query(
      `UPDATE credentials SET created_at = now() - interval '1 day' WHERE id = $1`,
      [id],
    );
    await checked(id);
    expect(await user.get(id)).toMatchObject({ state: 'valid' });
  });
});
