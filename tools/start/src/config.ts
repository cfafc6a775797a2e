import { Problem } from '@musicgen/embedded';
import path from 'node:path';

/** What `npm start` reads from the environment. */
export interface StartConfig {
  /** The repository. */
  root: string;
  /** Of the public API. */
  port: number;
  dataDir: string;
  /** A nats-server and a sound bank to use instead of those found or fetched. */
  natsServer?: string;
  soundBank?: string;
  logLevel: string;
  /** npm is our parent then, and we stop when it is gone. */
  isStartedByNpm: boolean;
  /** Handed on to the services, so that whatever they can be configured with works here too. */
  environment: NodeJS.ProcessEnv;
}

/** The only place of the starter that looks at the environment. */
export function readConfig(root: string, env: NodeJS.ProcessEnv = process.env): StartConfig {
  // These are ours: a service that was handed the public port would take it.
  const { PORT, DATA_DIR, NATS_SERVER_BIN, SOUND_BANK, ...environment } = env;
  const port = Number(PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Problem(`PORT is "${PORT}"; it must be a whole number from 1 to 65535.`);
  }
  return {
    root,
    port,
    dataDir: path.resolve(root, DATA_DIR || '.data'),
    natsServer: NATS_SERVER_BIN || undefined,
    soundBank: SOUND_BANK || undefined,
    logLevel: env.LOG_LEVEL || 'info',
    isStartedByNpm: env.npm_lifecycle_event !== undefined,
    environment,
  };
}
