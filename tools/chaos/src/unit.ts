import { logTail, waitFor, type KeptProcess } from '@musicgen/embedded';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

/** Something that runs, and can be killed and started again. */
export interface Unit {
  readonly name: string;
  /** Settles when it is ready. */
  start(): Promise<void>;
  /** SIGKILL; settles when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
}

/** A server under a keeper of libs/embedded; the keeper ends with it. */
export function serverUnit(name: string, startServer: () => Promise<KeptProcess>, pidOf: () => Promise<number>): Unit {
  let running: KeptProcess | undefined;
  return {
    name,
    async start() {
      running = await startServer();
    },
    async kill() {
      process.kill(await pidOf(), 'SIGKILL');
      await running?.exited;
    },
    async stop() {
      await running?.stop();
    },
  };
}

/** A program of ours as a process. */
export interface Program extends Unit {
  readonly pid: number | undefined;
  /** Replaces what it is started with; for the next start. */
  env: Record<string, string>;
  /** Settles when it has taken the message. */
  tell(message: object): Promise<void>;
}

export interface ProgramOptions {
  name: string;
  main: string;
  /** Of node. */
  flags?: readonly string[];
  env: Record<string, string>;
  healthPort: number;
  logDir: string;
}

export function programUnit({ name, main, flags = [], env, healthPort, logDir }: ProgramOptions): Program {
  const logFile = path.join(logDir, `${name}.log`);
  let child: ChildProcess | undefined;
  const ended = () => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || ended()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    name,
    env,
    get pid() {
      return child?.pid;
    },
    async start() {
      const log = fs.openSync(logFile, 'a');
      const args = [...flags, '--enable-source-maps', main];
      const inherited = { PATH: process.env.PATH, NODE_ENV: 'production', EXIT_WITH_PARENT: 'true' };
      // Standard input closes when we end, however that happens.
      child = spawn(process.execPath, args, {
        env: { ...inherited, ...this.env },
        stdio: ['pipe', log, log, 'ipc'],
      });
      fs.closeSync(log);
      child.stdin?.on('error', () => undefined);
      child.on('error', () => undefined);
      const ready = async () => {
        if (ended()) throw new Error(`${name} ended:\n${await logTail(logFile)}`);
        const url = `http://127.0.0.1:${healthPort}/health/ready`;
        return (await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.ok;
      };
      await waitFor(`${name} is ready`, ready, { timeoutMs: 90_000, everyMs: 50 });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    tell: (message) =>
      new Promise((resolve, reject) => child!.send(message, (error) => (error ? reject(error) : resolve()))),
  };
}
