import { createCredential, type Principal } from '@musicgen/platform-contracts';
import { newCall, newId, type RpcClient } from '@musicgen/service-kit';
import { somebody } from './people';
import type { MintedTokens, PlatformApp } from './sandbox';
import type { Program } from './unit';
import type { World } from './world';

export const platform = 'spotify';

/** Somebody's credential, with tokens of a platform. */
export interface Connected {
  id: string;
  principal: Principal;
  accessToken: string;
  clientSecret: string;
}

/** Replicas of the vault on a migrated schema. */
export async function startVaults(
  world: World,
  count: number,
  options: { env?: Record<string, string>; flags?: string[] } = {},
): Promise<Program[]> {
  await world.migrate('vault');
  const env = { VAULT_KEYS_FILE: world.secrets.vaultKeysFile, ...options.env };
  const names = Array.from({ length: count }, (_, index) => `vault-${index + 1}`);
  return Promise.all(names.map((name) => world.service('vault', { ...options, name, env })));
}

/** Stores a credential of a new user, as his active one, with tokens that the platform has given already. */
export async function connect(
  auth: RpcClient,
  app: PlatformApp,
  tokens: Pick<MintedTokens, 'access_token'> & Partial<MintedTokens>,
  expiry: Date,
): Promise<Connected> {
  const principal = somebody();
  const id = newId('cred');
  const { access_token, refresh_token } = tokens;
  const fields = {
    client_id: app.client_id,
    client_secret: app.client_secret,
    access_token,
    ...(refresh_token && { refresh_token }),
    token_expiry: expiry.toISOString(),
  };
  await auth.call(createCredential, { id, platform, activate: true, fields }, newCall(principal));
  return { id, principal, accessToken: access_token, clientSecret: app.client_secret };
}
