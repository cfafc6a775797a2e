import { permissions, type Principal } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';

/** Somebody with every permission; each call makes somebody else. */
export const somebody = (overrides: Partial<Principal> = {}): Principal => ({
  user_id: newId('user'),
  session_id: newId('sess'),
  method: 'password',
  mode: 'test',
  tier: 'pro',
  role: 'user',
  permissions: [...permissions],
  origin: 'request',
  ...overrides,
});
