import { z } from 'zod';
import { get, patch, post, remove, type Route } from '../http/route';
import { randomText } from '../state/random';
import type { User } from '../state/rows';
import type { ControlRoom } from './control';
import { need, needPlatform } from './problem';
import { answer, bodyOf } from './wire';

const changes = z.strictObject({
  name: z.string().optional(),
  email: z.string().optional(),
  country: z.string().length(2).optional(),
  /** By platform. */
  accounts: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const newcomer = changes.extend({
  id: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
});

/** People who can consent. A change of an account leaves what it does not name as it is. */
export function userRoutes({ world, platforms }: ControlRoom): Route[] {
  const find = (id: string) => need(world.users.find(id), `user ${id}`);
  const store = (user: User) => {
    for (const [id, account] of Object.entries(user.accounts)) {
      needPlatform(platforms, id).account.strict().parse(account);
    }
    return world.users.put(user);
  };
  return [
    get('/users', () => answer(200, { users: world.users.list() })),
    get('/users/:id', (call) => answer(200, find(call.param('id')))),
    post('/users', (call) => {
      const { id = randomText(10), ...given } = bodyOf(call, newcomer);
      const { name = id, email = `${id}@sandbox.example`, country = 'US', accounts = {} } = given;
      return answer(201, store({ id, name, email, country, accounts }));
    }),
    patch('/users/:id', (call) => {
      const user = find(call.param('id'));
      const { accounts = {}, ...facts } = bodyOf(call, changes);
      const changed = Object.entries(accounts).map(([id, account]) => [id, { ...user.accounts[id], ...account }]);
      return answer(200, store({ ...user, ...facts, accounts: { ...user.accounts, ...Object.fromEntries(changed) } }));
    }),
    remove('/users/:id', (call) => {
      world.users.delete(find(call.param('id')).id);
      return answer(200, {});
    }),
  ];
}
