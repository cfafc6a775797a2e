import type { AppError } from '@musicgen/error-codes';
import {
  activateCredential,
  changePlatform,
  createCredential,
  deactivateCredential,
  deleteCredential,
  disconnectCredential,
  exchangeOAuth,
  finishOAuth,
  issueToken,
  issueTokenToUser,
  listAudit,
  makeSignature,
  refreshToken,
  startOAuth,
  updateCredential,
  verifyAudit,
  type AuditEntry,
  type Principal,
} from '@musicgen/platform-contracts';
import { newCall, newId, RpcClient } from '@musicgen/service-kit';
import { makePrincipal, until } from '@musicgen/testing';
import { Client } from 'pg';
import { fromLines } from '../src/audit/audit-lines';
import { registerApp, startVault, userOf, type RunningVault } from './running-vault';

let vault: RunningVault;
let spotify: RpcClient;
let acrcloud: RpcClient;
let user: ReturnType<typeof userOf>;
const admin = makePrincipal({ role: 'admin', method: 'password' });

beforeAll(async () => {
  vault = await startVault();
  spotify = new RpcClient(await vault.nats.connect('spotify'), 'spotify');
  acrcloud = new RpcClient(await vault.nats.connect('acrcloud'), 'acrcloud');
});
afterAll(() => vault?.close());
beforeEach(() => {
  user = userOf(vault.client, { session_id: undefined, key_id: newId('key'), method: 'api_key' });
});

const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('was expected to fail')),
    (error: AppError) => error,
  );
const proof = () => vault.client.call(verifyAudit, {}, newCall(admin));

/** All lines about a credential, oldest first, also of one that is gone: from the table. */
async function linesOf(credentialId: string): Promise<AuditEntry[]> {
  // Whatever is on its way is written now.
  await proof();
  const rows: { entries: string }[] = await vault.postgres.dataSource.query(
    `SELECT entries FROM audit WHERE credential_ids @> ARRAY[$1] ORDER BY seq`,
    [credentialId],
  );
  const all = rows.flatMap(({ entries }) => fromLines(entries));
  return all.filter((entry) => entry.credential_id === credentialId);
}
const actionsOf = async (id: string) => (await linesOf(id)).map(({ action }) => action);

/** A credential with tokens of its app, imported. */
async function connected(by = user) {
  const app = await registerApp(vault, 'spotify', { redirect_uris: ['http://127.0.0.1:3999/callback'] });
  const tokens = await app.tokens(['user-read-private']);
  const fields = { ...app.fields, redirect_uri: 'http://127.0.0.1:3999/callback' };
  return by.create('spotify', { ...fields, ...tokens }, true);
}

it('tells of every change and use who it was, with which key, for which service and request, and what came of it', async () => {
  const { id } = await connected();
  const other = await user.create('spotify', { client_id: 'f'.repeat(32), client_secret: 'f'.repeat(32) });
  const calls: [string, string, ReturnType<typeof newCall>][] = [];
  const call = (action: string, service = 'auth') => {
    const made = user.call();
    calls.push([action, service, made]);
    return made;
  };
  const { client } = vault;

  await client.call(updateCredential, { id, name: 'renamed' }, call('changed'));
  await client.call(issueTokenToUser, { credential_id: id }, call('token_issued'));
  await spotify.call(issueToken.of('spotify'), {}, call('token_issued', 'spotify'));
  await client.call(refreshToken, { id }, call('refreshed'));
  await user.validate(id);
  await client.call(deactivateCredential, { id }, call('deactivated'));
  await client.call(activateCredential, { id }, call('activated'));
  await client.call(activateCredential, { id: other.id }, call('deactivated'));
  await client.call(changePlatform, { platform: 'spotify', credential_id: id }, call('activated'));
  await client.call(changePlatform, { platform: 'spotify', credential_id: null }, call('deactivated'));
  await client.call(disconnectCredential, { id }, call('disconnected'));
  await client.call(deleteCredential, { id }, call('deleted'));

  const lines = await linesOf(id);
  for (const [action, service, { requestId }] of calls) {
    expect(lines.filter((line) => line.request_id === requestId)).toEqual([
      {
        at: expect.any(String),
        action,
        credential_id: id,
        platform: 'spotify',
        outcome: 'ok',
        user_id: user.principal.user_id,
        key_id: user.principal.key_id,
        session_id: null,
        service,
        request_id: requestId,
      },
    ]);
  }
  const count = (action: string) => lines.filter((line) => line.action === action).length;
  expect(['created', 'authorized', 'activated', 'validated'].map(count)).toEqual([1, 1, 3, 1]);
  expect(await actionsOf(other.id)).toEqual(['created', 'activated', 'deactivated']);
  expect(await proof()).toMatchObject({ is_whole: true, problem: null });
});

it('tells of a consent who came back, also where the browser brings nobody’s credentials', async () => {
  const { id } = await connected();
  const come = async () => {
    const { authorize_url, state } = await vault.client.call(
      startOAuth,
      { id, public_url: 'http://127.0.0.1:3999' },
      user.call(),
    );
    const back = await vault.sandbox.consent(authorize_url);
    return { state, code: back.searchParams.get('code')! };
  };
  await vault.client.call(finishOAuth, { platform: 'spotify', ...(await come()) }, newCall());
  await vault.client.call(exchangeOAuth, { id, ...(await come()) }, user.call());
  const consents = (await linesOf(id)).filter(({ action }) => action === 'authorized').slice(1);
  expect(consents.map(({ user_id, key_id, service }) => [user_id, key_id, service])).toEqual([
    [user.principal.user_id, null, 'auth'],
    [user.principal.user_id, user.principal.key_id, 'auth'],
  ]);
});

const signingFields = {
  base_url: 'https://api-eu-west-1.acrcloud.com',
  bearer_token: 'eyJ.eyJ.sig',
  identify_host: 'identify-eu-west-1.acrcloud.com',
  identify_access_key: 'a'.repeat(32),
  identify_access_secret: 'b'.repeat(40),
};

it('tells of signatures, and of uses that failed, with the code', async () => {
  const signing = await user.create('acrcloud', signingFields, true);
  await acrcloud.call(makeSignature.of('acrcloud'), {}, user.call());
  expect(await linesOf(signing.id)).toMatchObject([{}, {}, { action: 'signed', outcome: 'ok', service: 'acrcloud' }]);
  await user.change(signing.id, { identify_host: null, identify_access_key: null, identify_access_secret: null });
  const { code } = await failure(acrcloud.call(makeSignature.of('acrcloud'), {}, user.call()));
  expect((await linesOf(signing.id)).at(-1)).toMatchObject({ action: 'signed', outcome: code });

  const bare = await user.create('spotify', { client_id: 'f'.repeat(32), client_secret: 'f'.repeat(32) }, true);
  const asked = await Promise.all(
    [1, 2, 3].map(async () => {
      const call = user.call();
      await failure(vault.client.call(issueTokenToUser, { credential_id: bare.id }, call));
      return call.requestId;
    }),
  );
  const refused = (await linesOf(bare.id)).filter(({ action }) => action === 'token_issued');
  expect(new Set(refused.map(({ outcome }) => outcome))).toEqual(new Set(['REAUTHORIZATION_REQUIRED']));
  expect(refused.map(({ request_id }) => request_id).toSorted()).toEqual(asked.toSorted());
});

it('has every issue of a token on record, also the thousandth warm one', async () => {
  const { id } = await connected();
  const calls: ReturnType<typeof newCall>[] = [];
  while (calls.length < 1_000) {
    const batch = Array.from({ length: 50 }, () => user.call());
    await Promise.all(batch.map((call) => spotify.call(issueToken.of('spotify'), {}, call)));
    calls.push(...batch);
  }
  const issued = (await linesOf(id)).filter(({ action }) => action === 'token_issued');
  expect(issued.map(({ request_id }) => request_id).toSorted()).toEqual(
    calls.map(({ requestId }) => requestId).toSorted(),
  );
});

it('says nothing of what was not done', async () => {
  const { id } = await connected();
  const before = await linesOf(id);
  const stranger = userOf(vault.client);
  for (const attempt of [
    () => user.change(id, { client_id: 7 }),
    () => vault.client.call(updateCredential, { id, shared: true }, user.call()),
    () => stranger.change(id, { client_id: 'f'.repeat(32) }),
    () => vault.client.call(deleteCredential, { id }, stranger.call()),
    () => vault.client.call(issueTokenToUser, { credential_id: id }, stranger.call()),
    () => vault.client.call(createCredential, { id, platform: 'tidal', fields: {} }, stranger.call()),
  ]) {
    await failure(attempt());
  }
  expect(await linesOf(id)).toEqual(before);
});

it('is shown to the credential’s owner, newest first, and to nobody else', async () => {
  const { id } = await connected();
  await vault.client.call(issueTokenToUser, { credential_id: id }, user.call());
  await proof();
  const list = (principal: Principal) => vault.client.call(listAudit, { id, limit: 10 }, newCall(principal));
  expect((await list(user.principal)).data.map(({ action }) => action)).toEqual([
    'token_issued',
    'activated',
    'authorized',
    'created',
  ]);
  expect((await failure(list(makePrincipal({ mode: 'test' })))).code).toBe('NOT_FOUND');
});

describe('a record that cannot be written', () => {
  const asOwner = async (sql: string) => {
    const client = new Client({ connectionString: vault.postgres.ownerUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  afterEach(() => asOwner('GRANT INSERT ON audit TO vault'));

  it('takes back the change at once, and after ten seconds nothing is given away; then all goes on', async () => {
    const { id } = await connected();
    const signing = await user.create('acrcloud', signingFields, true);
    const issue = () => vault.client.call(issueTokenToUser, { credential_id: id }, user.call());
    await issue();
    await asOwner('REVOKE INSERT ON audit FROM vault');
    await failure(vault.client.call(updateCredential, { id, name: 'unseen' }, user.call()));
    expect((await user.get(id)).name).toBeNull();
    await until(
      async () =>
        (await issue().then(
          () => 'ok',
          (error: AppError) => error.code,
        )) === 'SERVICE_UNAVAILABLE',
      'the vault to refuse',
    );
    expect(await failure(issue())).toMatchObject({ details: 'Uses cannot be put on record', retryAfterSeconds: 5 });
    const sign = acrcloud.call(makeSignature.of('acrcloud'), { credential_id: signing.id }, user.call());
    expect((await failure(sign)).code).toBe('SERVICE_UNAVAILABLE');
    await asOwner('GRANT INSERT ON audit TO vault');
    await until(() =>
      issue().then(
        () => true,
        () => false,
      ),
    );
    expect(await proof()).toMatchObject({ is_whole: true });
  });
});

it('loses no use of a replica that is told to stop', async () => {
  const { id } = await connected();
  const [only] = vault.processes.slice(-1);
  const calls = Array.from({ length: 50 }, () => user.call());
  await Promise.all(calls.map((call) => spotify.call(issueToken.of('spotify'), {}, call)));
  expect(await only!.stop()).toBe(0);
  await vault.start();
  expect((await actionsOf(id)).filter((action) => action === 'token_issued')).toHaveLength(50);
});

it('is one whole chain after replicas are killed in the middle, with a line for every change that was made', async () => {
  for (let round = 0; round < 2; round += 1) {
    const victim = await vault.start();
    const made: string[] = [];
    let isOver = false;
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const { id } = await user.create('deezer', {}).catch(() => ({ id: '' }));
        if (id) made.push(id);
      }
    });
    await until(() => made.length > 20);
    await victim.stop('SIGKILL');
    isOver = true;
    await Promise.all(callers);
  }
  expect(await proof()).toMatchObject({ is_whole: true, problem: null });
  const [{ unrecorded }] = await vault.postgres.dataSource.query(
    `SELECT count(*)::int AS unrecorded FROM credentials c
     WHERE NOT EXISTS (SELECT FROM audit a WHERE a.credential_ids @> ARRAY[c.id] AND a.entries LIKE '%"created"%')`,
  );
  expect(unrecorded).toBe(0);
});
