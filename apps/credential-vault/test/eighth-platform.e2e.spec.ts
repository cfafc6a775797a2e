import type { AppError } from '@musicgen/error-codes';
import { exchangeOAuth, startOAuth, type FormField, type PlatformDefinition } from '@musicgen/platform-contracts';
import { opening, startService, startTestNats, startTestSandbox, testDatabase } from '@musicgen/testing';
import { RpcClient } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { database } from '../src/persistence/data-source';
import { addPlatform } from './eighth-platform';
import { userOf } from './running-vault';

let folder: string;
let vault: Awaited<ReturnType<typeof startEightPlatforms>>;
let user: ReturnType<typeof userOf>;

/** Both programs, built with the eighth platform; the database and the permissions know nothing of it. */
const startEightPlatforms = () =>
  opening(async (closer) => {
    const [nats, postgres, sandbox] = await Promise.all([
      closer.open(startTestNats(), ({ close }) => close()),
      closer.open(testDatabase(database), ({ drop }) => drop()),
      closer.open(startTestSandbox(folder), ({ close }) => close()),
    ]);
    const env = { NATS_URL: nats.url, SANDBOX_URL: sandbox.url };
    await closer.open(startService('vault', postgres, env, folder), ({ stop }) => stop('SIGKILL'));
    const client = new RpcClient(await nats.connect('auth'), 'auth');
    return { client, sandbox, close: closer.close };
  });

beforeAll(async () => {
  folder = await addPlatform();
  vault = await startEightPlatforms();
});
afterAll(async () => {
  await vault.close();
  await fs.rm(folder, { recursive: true });
});
beforeEach(() => void (user = userOf(vault.client)));

const redirectUri = 'http://127.0.0.1:3999/callback';
const register = () => vault.sandbox.register('napster', { redirect_uris: [redirectUri] });
const reasonsOf = async (id: string) =>
  Object.fromEntries((await user.validate(id)).parts.map(({ name, reason }) => [name, reason]));

describe('a platform that is one file here, one in the sandbox, and a line in each registry', () => {
  it('has its form and its schema', () => {
    const contracts = createRequire(__filename)(
      path.join(folder, 'dist/apps/credential-vault/libs/platform-contracts/src/index.js'),
    ) as { platforms: Record<string, PlatformDefinition>; formFields: (platform: PlatformDefinition) => FormField[] };
    const platform = contracts.platforms.napster!;
    expect(contracts.formFields(platform)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'tenant', label: 'Tenant', required: true, secret: false }),
        expect.objectContaining({ name: 'client_secret', required: false, secret: true, together: ['client_id'] }),
      ]),
    );
    const schema = z.toJSONSchema(platform.fieldsSchema, { io: 'input' });
    expect(schema.properties).toHaveProperty('client_secret.writeOnly', true);
  });

  it('has its credentials checked by name, warned about, and shown with masked secrets', async () => {
    const wrong = await user
      .create('napster', { tenant: 'europe', client_id: 'x', more: 1 })
      .catch((error: AppError) => error);
    const paths = (wrong as AppError<'VALIDATION_FAILED'>).data?.fields.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['fields.tenant', 'fields.client_secret', 'fields.more']));
    const created = await user.create('napster', {
      tenant: 'eu',
      client_id: 'x',
      client_secret: 'a-secret-of-napster',
    });
    expect(created.fields).toMatchObject({ tenant: 'eu', client_secret: { set: true, hint: '…ster' } });
    expect(created.warnings).toEqual([{ path: 'client_id', problem: 'usually starts with nap_' }]);
  });

  it('is authorised, validated and explained by its definition alone', async () => {
    const { client_id, client_secret } = await register();
    const fields = { tenant: 'eu', client_id, client_secret, redirect_uri: redirectUri };
    const { id } = await user.create('napster', fields);
    expect(await reasonsOf(id)).toEqual({ app: 'ok', user: 'unverifiable' });

    const request = { id, public_url: 'http://127.0.0.1:3000' };
    const { authorize_url, state } = await vault.client.call(startOAuth, request, user.call());
    const url = new URL(authorize_url);
    expect(`${url.origin}${url.pathname}`).toBe(`${vault.sandbox.url}/napster/accounts/authorize`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id,
      redirect_uri: redirectUri,
      scope: 'read',
      theme: 'dark',
      code_challenge_method: 'S256',
    });
    const back = await vault.sandbox.consent(authorize_url);
    const code = back.searchParams.get('code')!;
    await vault.client.call(exchangeOAuth, { id, code, state }, user.call());
    expect(await reasonsOf(id)).toEqual({ app: 'ok', user: 'ok' });
    expect((await user.get(id)).state).toBe('valid');

    await vault.sandbox.control('POST', '/faults', { platform: 'napster', failure: 'banned' });
    const [, banned] = (await user.validate(id)).parts;
    expect(banned).toMatchObject({ valid: false, reason: 'account_problem', remedy: 'Ask Napster to lift the ban.' });
  });
});
