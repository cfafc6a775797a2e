import { badConfigStatus, makeSecrets, natsConf, natsEnvironment } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

const usage = `main.js <folder> [--host 0.0.0.0] [--port 4222] [--store-dir /data]

Writes into the folder what a nats-server of one's own needs: every user's secrets (those that are missing),
nats.conf with the permissions that the contracts give, and nats.env with the public keys that nats.conf refers to.
`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      host: { type: 'string', default: '0.0.0.0' },
      port: { type: 'string', default: '4222' },
      'store-dir': { type: 'string', default: '/data' },
    },
  });
  const [folder, ...more] = positionals;
  const port = Number(values.port);
  if (!folder || more.length > 0) throw new TypeError('One folder is wanted.');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError('--port must be from 1 to 65535.');
  const secrets = await makeSecrets(folder);
  const variables = Object.entries(natsEnvironment(secrets)).map(([name, key]) => `${name}=${key}\n`);
  await fs.writeFile(
    path.join(folder, 'nats.conf'),
    natsConf({ host: values.host, port, storeDir: values['store-dir'] }),
  );
  await fs.writeFile(path.join(folder, 'nats.env'), variables.join(''));
}

main(process.argv.slice(2)).catch((error: Error) => {
  const isMisuse = error instanceof TypeError;
  process.stderr.write(isMisuse ? `${error.message}\n\n${usage}` : `${error.stack}\n`);
  process.exit(isMisuse ? badConfigStatus : 1);
});
