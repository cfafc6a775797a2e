import { z } from 'zod';
import { defineRoute } from './define-route';

export const deleteAccountRoute = defineRoute({
  name: 'deleteAccount',
  method: 'DELETE',
  path: '/v1/user',
  access: 'session',
  tag: 'User',
  summary:
    'Delete the account: sessions and keys end at once, all data is gone within an hour; the last administrator cannot',
  body: z.strictObject({ password: z.string().max(1_024) }),
  status: 204,
  errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'CONFLICT'],
  example: { body: { password: 'a password of one’s own' } },
});

export const exportAccountRoute = defineRoute({
  name: 'exportAccount',
  method: 'GET',
  path: '/v1/user/export',
  access: 'session',
  tag: 'User',
  summary: 'All data of the user, of both modes, as one JSON file; secrets are not in it',
  status: 200,
  produces: ['application/json'],
  errors: ['NOT_FOUND'],
});
