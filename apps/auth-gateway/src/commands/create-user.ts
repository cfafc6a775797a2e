import { AppError } from '@musicgen/error-codes';
import { permissions, registerRoute, roles, tierNames, type Mode } from '@musicgen/platform-contracts';
import { ConfigError, newId } from '@musicgen/service-kit';
import { text as readText } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { makeApiKey } from '../api-keys/api-key';
import { ApiKeysStore } from '../api-keys/api-keys.store';
import type { Config } from '../config';
import { withDatabase } from '../persistence/data-source';
import { PasswordHasher } from '../users/password';
import { UsersService } from '../users/users.service';
import { UsersStore } from '../users/users.store';

const options = z.strictObject({
  email: registerRoute.body.shape.email,
  tier: z.enum(tierNames).default('free'),
  role: z.enum(roles).default('user'),
  keys: z.boolean().default(false),
});

/**
 * `create-user --email … [--tier pro] [--role admin] [--keys]`, the password on standard input: afterwards there is such
 * a user. Prints JSON; with `--keys`, a new live and a new test key that hold every permission are in it.
 */
export async function createUser(config: Config, argv: string[]): Promise<void> {
  const { keys, ...wanted } = readOptions(argv);
  // Its last line break is the terminal's or echo's.
  const password = (await readText(process.stdin)).replace(/\r?\n$/, '');
  await withDatabase(config.databaseUrl, async (dataSource) => {
    const users = new UsersService(new UsersStore(dataSource), new PasswordHasher());
    const user = await users.ensure({ ...wanted, password }).catch(asSentence);
    const store = new ApiKeysStore(dataSource);
    const made = keys && {
      api_key_test: await addKey(store, user.id, 'test'),
      api_key_live: await addKey(store, user.id, 'live'),
    };
    process.stdout.write(`${JSON.stringify({ user_id: user.id, email: user.email, ...made })}\n`);
  });
}

function readOptions(argv: string[]) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        email: { type: 'string' },
        tier: { type: 'string' },
        role: { type: 'string' },
        keys: { type: 'boolean' },
      },
    });
    return options.parse(values);
  } catch (error) {
    const problems =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}.`)
        : [(error as Error).message];
    throw new ConfigError(problems);
  }
}

/** A password that is refused is the administrator's to change. */
function asSentence(error: unknown): never {
  throw error instanceof AppError && error.code === 'VALIDATION_FAILED'
    ? new ConfigError([`${error.details}.`])
    : error;
}

async function addKey(store: ApiKeysStore, userId: string, mode: Mode): Promise<string> {
  const { key, hash, prefix, last4 } = makeApiKey(mode);
  await store.insert({
    id: newId('key'),
    userId,
    mode,
    name: `${mode} key`,
    hash,
    prefix,
    last4,
    permissions: [...permissions],
    allowedIps: null,
    expiresAt: null,
    retiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    createdAt: new Date(),
  });
  return key;
}
