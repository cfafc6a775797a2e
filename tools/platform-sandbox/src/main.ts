import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { readCertificate } from './certificate';
import { readConfig } from './config';
import type { RawRequest } from './http/call';
import { Sandbox } from './sandbox';
import { makeServer } from './server';

/** Starts the sandbox, and stops it on a signal or with its parent. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ name: 'platform-sandbox', level: config.LOG_LEVEL });
  const sandbox = await Sandbox.create({ stateFile: config.STATE_FILE });
  const front = {
    handle: (request: RawRequest) => sandbox.handle(request),
    now: () => sandbox.world.clock.now(),
    log: (facts: object) => logger.debug(facts, 'answered'),
    fail: (err: unknown) => logger.error({ err }, 'failed'),
  };
  const server = makeServer(front, await readCertificate(config));
  const ticking = setInterval(() => sandbox.tick(), 250).unref();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.PORT, config.HOST, resolve));
  logger.info({ address: server.address() as AddressInfo }, 'ready');

  const stop = () => {
    clearInterval(ticking);
    server.close();
    server.closeAllConnections();
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  if (config.EXIT_WITH_PARENT) process.stdin.resume().once('end', stop).once('close', stop);
}

void main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 1;
});
