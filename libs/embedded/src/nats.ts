import { randomUUID } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import { readyWhen, startKept, type KeptProcess } from './kept-process';
import { stopLeftovers } from './leftovers';

export interface NatsOptions {
  /** From findNatsServer. */
  binary: string;
  /** Path of nats.conf, a different one for each running server; it says the port and where JetStream stores. */
  config: string;
  /** Of the configuration: asked to know when the server is ready. */
  port: number;
  /** Variables that the configuration refers to. */
  env?: Record<string, string>;
  logFile?: string;
}

export interface Nats extends KeptProcess {
  port: number;
  url: string;
}

/** The server greets every connection with one line that holds its name; another one may have the port before us. */
function greets(port: number, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('data', (data) => answer(data.toString('latin1').includes(`"${name}"`)));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}

/** Starts nats-server with the configuration and settles when it greets. */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const config = path.resolve(options.config);
  const name = `musicgen-${randomUUID()}`;
  const logFile = options.logFile ?? path.join(path.dirname(config), 'nats.log');
  await stopLeftovers('nats-server', config, 'SIGTERM');
  const kept = await startKept({
    name: config,
    command: options.binary,
    args: ['-c', config, '--name', name],
    env: options.env,
    stopSignal: 'SIGTERM',
    logFile,
  });
  await readyWhen({ name: 'nats-server', kept, logFile }, () => greets(options.port, name));
  return { ...kept, port: options.port, url: `nats://127.0.0.1:${options.port}` };
}
