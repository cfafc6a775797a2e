import { AppError } from '@musicgen/error-codes';
import { permissions, registerRoute, roles, tierNames, type Mode } from '@musicgen/platform-contracts';
import { ConfigError, newId, withDatabase } from '@musicgen/service-kit';
import { text as readText } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { makeApiKey } from '../api-keys/api-key';
import { newApiKeyRow } from '../api-keys/api-key-row';
import { ApiKeysStore } from '../api-keys/api-keys.store';
import type { Config } from '../config';
import { database } from '../persistence/data-source';
import { appendRevocation } from '../revocations/revocations.store';
import { PasswordHasher } from '../users/password';
import { UsersService } from '../users/users.service';
import { UsersStore, type Transaction } from '../users/users.store';

const options = z.strictObject({
  email: registerRoute.body.shape.email,
  tier: z.enum(tierNames).default('free'),
  role: z.enum(roles).default('user'),
  keys: z.boolean().default(false),
  'unless-admin': z.boolean().default(false),
});

/**
 * `create-user --email … [--tier pro] [--role admin] [--keys] [--unless-admin]`, the password on standard input: afterwards
 * there is such a user. Prints JSON; with `--keys`, a new live and a new test key that hold every permission are in it. With
 * `--unless-admin` nothing is done, and `null` printed, where there is an administrator.
 */
export async function createUser(config: Config, argv: string[]): Promise<void> {
  const { keys, 'unless-admin': unlessAdmin, ...wanted } = readOptions(argv);
  // Its last line break is the terminal's or echo's.
  const password = (await readText(process.stdin)).replace(/\r?\n$/, '');
  await withDatabase(database, config.databaseUrl, async (dataSource) => {
    const userRows = new UsersStore(dataSource);
    if (unlessAdmin && (await userRows.hasAdmin())) return void process.stdout.write('null\n');
    const users = new UsersService(userRows, new PasswordHasher());
    const announce = (tx: Transaction, userId: string) => appendRevocation(tx, [userId]);
    const user = await users.ensure({ ...wanted, password }, announce).catch(asSentence);
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
        'unless-admin': { type: 'boolean' },
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
  const made = makeApiKey(mode);
  const rights = { mode, permissions, expiresAt: null, allowedIps: null };
  await store.insert(newApiKeyRow(newId('key'), userId, { ...rights, name: `${mode} key` }, made, Date.now()));
  return made.key;
}
