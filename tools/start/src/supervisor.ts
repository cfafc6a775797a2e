import { Problem, type Exit } from '@musicgen/embedded';
import { setTimeout as delay } from 'node:timers/promises';
import { RestartPolicy } from './restart-policy';

/** A process that is up. */
export interface Running {
  exited: Promise<Exit>;
  /** Settles when it is gone. */
  stop(): Promise<void>;
}

/** A process that is to be kept up. */
export interface Unit {
  name: string;
  /** Settles when the process is ready. When the signal fires or the start fails, nothing of it is left running. */
  start(signal: AbortSignal): Promise<Running>;
  /** The last lines of its log. */
  lastWords(): Promise<string>;
}

export interface SupervisorHooks {
  say(line: string): void;
  /** Called once, when it is of no use to start the process yet another time. */
  giveUp(problem: Problem): void;
}

/** A unit under supervision. */
export interface Kept {
  /** Settles when the process is ready for the first time. */
  ready: Promise<void>;
  /** Ends the supervision and the process. */
  stop(): Promise<void>;
}

const describe = ({ code, signal }: Exit) => (signal ? `killed by ${signal}` : `exit status ${code}`);

/** Starts the unit and starts it again whenever it ends, until it is stopped or hopeless. */
export function keepUp(unit: Unit, { say, giveUp }: SupervisorHooks): Kept {
  const stopping = new AbortController();
  const policy = new RestartPolicy();
  let running: Running | undefined;
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => (isReady = resolve));

  /** One life of the process; returns how it ended. */
  const live = async (): Promise<string> => {
    try {
      running = await unit.start(stopping.signal);
    } catch (err) {
      if (err instanceof Problem && !stopping.signal.aborted) throw err;
      return (err as Error).message;
    }
    isReady();
    if (stopping.signal.aborted) await running.stop();
    return describe(await running.exited);
  };

  const run = async () => {
    for (;;) {
      const startedAt = Date.now();
      const how = await live();
      if (stopping.signal.aborted) return;
      const verdict = policy.died(startedAt, Date.now());
      if (verdict.action === 'give up') {
        throw new Problem(
          `${unit.name} ended five times within a minute (${how}). Its last words:\n${await unit.lastWords()}`,
        );
      }
      say(`${unit.name} ended (${how}); it is started again in ${verdict.afterMs / 1000} s.`);
      await delay(verdict.afterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
    }
  };

  const over = run().catch((err) => giveUp(err instanceof Problem ? err : new Problem(String(err?.stack ?? err))));
  return {
    ready,
    async stop() {
      stopping.abort();
      await running?.stop();
      await over;
    },
  };
}
