import {
  exampleFields,
  platforms,
  secretFields,
  type createCredential,
  type PlatformDefinition,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { newCall, newId, type Call } from '@musicgen/service-kit';
import { randomBytes } from 'node:crypto';

type NewCredential = RequestOf<typeof createCredential>;

export const allPlatforms: readonly PlatformDefinition[] = Object.values(platforms);

/** The platform's example; a secret that has none is one that occurs nowhere else. */
function makeFields(platform: PlatformDefinition): Record<string, unknown> {
  const fields = exampleFields(platform);
  for (const name of secretFields(platform)) {
    if (fields[name] === 'example') fields[name] = `canary${randomBytes(20).toString('hex')}`;
  }
  return fields;
}

/** A request that stores a credential; valid by default, with an id of its own. */
export function makeRequest(overrides: Partial<NewCredential> = {}): NewCredential {
  const platform = allPlatforms.find(({ id }) => id === (overrides.platform ?? 'spotify'))!;
  return { id: newId('cred'), platform: platform.id, fields: makeFields(platform), activate: false, ...overrides };
}

/** A request of somebody's, as it arrives from the gateway. */
export const callOf = (principal: Principal): Call<Principal> => ({ ...newCall(), principal, caller: 'auth' });
