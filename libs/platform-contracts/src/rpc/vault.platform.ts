import { z } from 'zod';
import { credentialSummary, platformId } from '../resources/credential';
import { connectable, platformChange } from '../resources/platform';
import { defineRpc } from './define-rpc';

/** What a platform is to one user. */
const platformOfUser = z.object({
  platform: z.string(),
  /** Null: the platform's own. */
  link: z.string().nullable(),
  connectable,
  active_credential: credentialSummary.nullable(),
});

/** All platforms, in the order of the registry. */
export const listPlatforms = defineRpc({
  subject: 'vault.v1.platform.list',
  callers: ['auth'],
  request: z.strictObject({}),
  response: z.object({ data: z.array(platformOfUser) }),
  errors: [],
});

/** Sets the user's link, and which of his credentials is the active one. */
export const changePlatform = defineRpc({
  subject: 'vault.v1.platform.change',
  callers: ['auth'],
  request: platformChange.extend({ platform: platformId }),
  response: platformOfUser,
  errors: ['VALIDATION_FAILED'],
});
