import type { Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { Closer, makePrincipal, type TestDatabase, type TestSandbox } from '@musicgen/testing';
import { callOf } from '../../test/factories';
import { openVault, type TestVault } from '../../test/vault';
import { TokensService } from '../grants/tokens.service';
import { CredentialsService } from './credentials.service';

const platform = 'spotify';

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
  owner = makePrincipal({ mode: 'test' });
});

/** An app, and tokens that one of its users has granted to it. */
async function granted() {
  const { client_id, client_secret } = await sandbox.register(platform);
  const mint = () =>
    sandbox.control('POST', '/tokens', { platform, client: client_id, user: 'ada', scopes: ['user-read-email'] });
  return { app: { client_id, client_secret }, mint };
}
const create = (fields: Record<string, unknown>) =>
  credentials.create(callOf(owner), { id: newId('cred'), platform, fields, activate: true });
const tokenOf = async (credentialId: string) =>
  (await vault.get(TokensService).issue(callOf(owner), { credentialId, kind: 'user' })).access_token;

it('goes on with tokens that were granted elsewhere', async () => {
  const { app, mint } = await granted();
  const { access_token, refresh_token, expires_at } = await mint();
  const { id, fields } = await create({ ...app, access_token, refresh_token, token_expiry: expires_at });
  expect(Object.keys(fields).toSorted()).toEqual(['client_id', 'client_secret']);
  expect(await tokenOf(id)).toBe(access_token);
});

it('renews one of unknown age before its first use, and one that has only a refresh token', async () => {
  const { app, mint } = await granted();
  const { access_token, refresh_token } = await mint();
  const both = await create({ ...app, access_token, refresh_token });
  const bare = await create({ ...app, refresh_token });
  const tokens = [await tokenOf(both.id), await tokenOf(bare.id)];
  expect(tokens.every((token) => token.length > 20 && token !== access_token)).toBe(true);
});

it('takes a new access token by PATCH, keeps the refresh token beside it, and leaves both alone otherwise', async () => {
  const { app, mint } = await granted();
  const first = await mint();
  const { id } = await create({ ...app, refresh_token: first.refresh_token });
  const next = await mint();
  const token_expiry = next.expires_at;
  await credentials.update(callOf(owner), { id, fields: { access_token: next.access_token, token_expiry } });
  expect(await tokenOf(id)).toBe(next.access_token);
  const info = () => vault.get(TokensService).describe(owner, id);
  expect(await info()).toMatchObject({ access_token_present: true, refresh_token_present: true });
  await credentials.update(callOf(owner), { id, fields: { redirect_uri: 'https://music.example.com/callback' } });
  expect(await tokenOf(id)).toBe(next.access_token);
});

it('does not take tokens away field by field', async () => {
  const { app, mint } = await granted();
  const { refresh_token } = await mint();
  const { id } = await create({ ...app, refresh_token });
  const work = credentials.update(callOf(owner), { id, fields: { refresh_token: null } });
  await expect(work).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});

it('stores no token in the credential’s own row', async () => {
  const { app, mint } = await granted();
  const { access_token, refresh_token, expires_at } = await mint();
  const { id } = await create({ ...app, access_token, refresh_token, token_expiry: expires_at });
  const [row] = await postgres.dataSource.query(`SELECT fields, secrets FROM credentials WHERE id = $1`, [id]);
  expect(Object.keys({ ...row.fields, ...row.secrets }).toSorted()).toEqual(['client_id', 'client_secret']);
});
