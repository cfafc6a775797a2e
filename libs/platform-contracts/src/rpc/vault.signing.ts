import { z } from 'zod';
import { id } from '../ids';
import { platformIds, platforms, type PlatformId } from '../platforms';
import { connectorOf, definePlatformRpc } from './define-rpc';

const isSigned = (platform: PlatformId) => {
  const { auth } = platforms[platform];
  return auth.type === 'keys' && auth.signature !== undefined;
};

/**
 * A signature for one request that the connector is about to make, with the key of the active credential unless one is named.
 * The secret stays in the vault; a signature says nothing about the data that is sent with it.
 */
export const makeSignature = definePlatformRpc({
  subject: 'vault.v1.signature.make',
  platforms: platformIds.filter((platform) => isSigned(platform) && connectorOf(platform)),
  callers: (platform) => [connectorOf(platform)!],
  request: z.strictObject({
    credential_id: id('cred').optional(),
    data_type: z.enum(['audio', 'fingerprint']).default('audio'),
  }),
  response: z.object({
    credential_id: id('cred'),
    /** The credential's fields that name hosts, for whoever makes the request. */
    fields: z.record(z.string(), z.string()),
    /** Sent as they are, beside the data. */
    access_key: z.string(),
    data_type: z.enum(['audio', 'fingerprint']),
    signature_version: z.literal('1'),
    timestamp: z.string(),
    signature: z.string(),
  }),
  errors: ['NOT_FOUND', 'NO_ACTIVE_CREDENTIAL', 'CREDENTIAL_INVALID', 'INSUFFICIENT_PERMISSIONS'],
});
