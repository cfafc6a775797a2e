import { signingKeysChanged } from '@musicgen/platform-contracts';
import { ConfigError, connectNats, withDatabase } from '@musicgen/service-kit';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config';
import { database } from '../persistence/data-source';
import { readyAt } from '../tokens/signing-key';
import { rotateSigningKeys, signingKeyOf } from '../tokens/signing-key-rotation';
import { SigningKeysStore } from '../tokens/signing-keys.store';

const tellWithinMs = 3_000;

/** `rotate-signing-keys`: access tokens are signed with the next key from now on; those signed before stay good. */
export async function rotateSigningKeysCommand(config: Config, argv: string[]): Promise<void> {
  if (argv.length > 0) throw new ConfigError(['rotate-signing-keys takes no options.']);
  if (config.jwtAlgorithm === 'HS256') {
    throw new ConfigError(['With JWT_ALGORITHM=HS256 there is one key, JWT_SECRET: change that.']);
  }
  const kid = await withDatabase(database, config.databaseUrl, async (dataSource) => {
    const store = new SigningKeysStore(dataSource);
    const before = activeIn(await rotateSigningKeys(store, config.gatewayKeys));
    const after = await rotateSigningKeys(store, config.gatewayKeys, true);
    if (activeIn(after) === before) {
      const next = signingKeyOf(after.rows.find(({ state }) => state === 'standby')!);
      const time = new Date(readyAt(next)).toISOString();
      throw new ConfigError([
        `The next key is not published long enough for every copy of the JWKS; try after ${time}.`,
      ]);
    }
    return activeIn(after);
  });
  process.stdout.write(`${JSON.stringify({ kid })}\n`);
  await tellReplicas(config, kid);
}

const activeIn = ({ rows }: Awaited<ReturnType<typeof rotateSigningKeys>>) =>
  rows.find(({ state }) => state === 'active')!.kid;

/** They would see it by themselves within half a minute. */
async function tellReplicas({ natsUrl, natsNkeySeed, natsTls }: Config, kid: string): Promise<void> {
  const connecting = connectNats({ service: 'auth', url: natsUrl, nkeySeed: natsNkeySeed, tls: natsTls });
  const connection = await Promise.race([connecting, wait(tellWithinMs, undefined, { ref: false })]);
  if (!connection) {
    process.stderr.write('nats-server cannot be reached: the gateways see the change within 30 seconds.\n');
    // Else it would be tried for ever.
    process.exit(0);
  }
  connection.publish(signingKeysChanged.subject, JSON.stringify({ kid }));
  await connection.drain();
}
