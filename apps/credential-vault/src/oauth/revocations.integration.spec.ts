import { platforms, type Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { Closer, makePrincipal, until, type TestDatabase, type TestSandbox } from '@musicgen/testing';
import { callOf } from '../../test/factories';
import { openVault, type TestVault } from '../../test/vault';
import { CredentialsService } from '../credentials/credentials.service';
import { Disconnections } from './disconnections.service';
import { Revocations } from './revocations.service';

const platform = 'youtube_music';
const { auth } = platforms[platform];
const revoke = auth.type === 'oauth2' ? auth.revoke! : undefined!;

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

/** With tokens that were granted elsewhere, and are imported. */
async function connected() {
  const app = await sandbox.register(platform);
  const scopes = ['https://www.googleapis.com/auth/youtube.readonly'];
  const minted = await sandbox.control('POST', '/tokens', { platform, client: app.client_id, user: 'ada', scopes });
  const { id } = await credentials.create(callOf(owner), {
    id: newId('cred'),
    platform,
    fields: {
      client_id: app.client_id,
      client_secret: app.client_secret,
      access_token: minted.access_token,
      refresh_token: minted.refresh_token,
      token_expiry: minted.expires_at,
    },
    activate: true,
  });
  return { id, clientId: app.client_id, refreshToken: minted.refresh_token as string };
}

const isRevoked = async (clientId: string) => {
  const { grants } = await sandbox.control('GET', '/grants');
  return grants.find((grant: { client_id: string }) => grant.client_id === clientId).revoked_at !== null;
};
const waiting = () => postgres.dataSource.query(`SELECT * FROM revocations WHERE user_id = $1`, [owner.user_id]);

it('ends the grant at the platform when its credential is deleted', async () => {
  const { id, clientId } = await connected();
  await credentials.delete(callOf(owner), id);
  await until(() => isRevoked(clientId), 'the grant to be revoked');
  await until(async () => (await waiting()).length === 0);
});

it('ends the grant when the account is disconnected', async () => {
  const { id, clientId } = await connected();
  await vault.get(Disconnections).disconnect(callOf(owner), id);
  await until(() => isRevoked(clientId), 'the grant to be revoked');
});

it('deletes the credential also while the platform is down, and ends the grant once it is back', async () => {
  const { id, clientId, refreshToken } = await connected();
  const fault = { failure: 'html_error', platform, host: revoke.host, path: revoke.path };
  const { id: faultId } = await sandbox.control('POST', '/faults', fault);
  await credentials.delete(callOf(owner), id);
  await expect(credentials.get(owner, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const row = await until(async () => {
    const [revocation] = await waiting();
    return revocation?.attempts > 0 && revocation;
  }, 'the first attempt');
  expect(row.not_before.getTime()).toBeGreaterThan(row.created_at.getTime());
  expect(row.sealed.includes(Buffer.from(refreshToken))).toBe(false);

  await sandbox.control('DELETE', `/faults/${faultId}`);
  await postgres.dataSource.query(`UPDATE revocations SET not_before = now()`);
  vault.get(Revocations).wake();
  await until(() => isRevoked(clientId), 'the grant to be revoked');
});

it('has nothing more to do when the user has ended it himself', async () => {
  const { id, clientId } = await connected();
  await sandbox.control('POST', '/grants/revoke', { platform, client: clientId });
  await credentials.delete(callOf(owner), id);
  await until(async () => (await waiting()).length === 0, 'the answer that there is no such grant');
});

it('asks nothing of a platform that was never connected', async () => {
  const app = await sandbox.register(platform);
  const fields = { client_id: app.client_id, client_secret: app.client_secret };
  const { id } = await credentials.create(callOf(owner), { id: newId('cred'), platform, fields, activate: false });
  await credentials.delete(callOf(owner), id);
  expect(await waiting()).toEqual([]);
});
