import { z } from 'zod';
import type { SandboxPlatform } from './platform';
import { randomText } from './state/random';
import type { Client } from './state/rows';

/** An app with all that was left out as the platform has it. */
export function makeClient(platform: SandboxPlatform, given: Partial<Client> & { clientId: string }): Client {
  const { clientId } = given;
  return {
    clientSecret: randomText(32),
    name: 'Sandbox App',
    redirectUris: [],
    scopes: null,
    users: null,
    isDisabled: false,
    ...given,
    id: `${platform.id}/${clientId}`,
    platform: platform.id,
    mode: z.enum(platform.modes).parse(given.mode ?? platform.modes[0]),
    settings: platform.settings.strict().parse(given.settings ?? {}),
  };
}
