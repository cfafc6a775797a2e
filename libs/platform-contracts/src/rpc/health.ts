import { z } from 'zod';
import { defineRpc, serviceNames, type ServiceName } from './define-rpc';

const health = z.object({
  service: z.enum(serviceNames),
  version: z.string(),
  ready: z.boolean(),
  checks: z.record(z.string(), z.boolean()),
});

const checkHealth = (owner: ServiceName) =>
  defineRpc({
    subject: `${owner}.v1.health.check`,
    callers: ['auth'],
    principal: 'none',
    request: z.strictObject({}),
    response: health,
    errors: [],
    timeoutMs: 1_000,
  });

/** Tells whether a service can do its work, and if not, which part it lacks. */
export const checkVaultHealth = checkHealth('vault');
export const checkSpotifyHealth = checkHealth('spotify');
export const checkAcrcloudHealth = checkHealth('acrcloud');
export const checkMusicgenHealth = checkHealth('musicgen');
export const healthContracts = {
  vault: checkVaultHealth,
  spotify: checkSpotifyHealth,
  acrcloud: checkAcrcloudHealth,
  musicgen: checkMusicgenHealth,
};
