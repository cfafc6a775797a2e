import type { OnApplicationShutdown } from '@nestjs/common';
import { hashSync, type Options } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Piscina } from 'piscina';

// OWASP Password Storage Cheat Sheet; the library's default variant is argon2id. Of the pairs there, which are as strong as
// each other, one whose memory stays within a processor's cache: more of it slows down all that runs beside (`npm run bench
// flood`).
const ARGON2 = { memoryCost: 9_216, timeCost: 4, parallelism: 1 } as const satisfies Options;
const QUEUE_MAX = 64;
const IDLE_MS = 60_000;
// The least, so that a flood of logins holds up nothing else. Only Linux has a priority for each thread: elsewhere, the
// whole process would get it.
const NICE = process.platform === 'linux' ? 19 : 0;

/** Too many logins at once. Answered with 503, so that a flood of them leaves the cores to all other requests. */
export class PasswordQueueFullError extends Error {
  override name = 'PasswordQueueFullError';
  constructor() {
    super('Too many passwords wait to be checked');
  }
}

export interface PasswordHasherOptions {
  threads?: number;
  queueMax?: number;
}

/** argon2id with a bound on how much of the machine it may take; make one per process. */
export class PasswordHasher implements OnApplicationShutdown {
  readonly #placesMax: number;
  readonly #pool: Piscina;
  #places = 0;
  // Of a password nobody knows, with the same parameters as every real hash.
  readonly #dummy = hashSync(randomBytes(32), ARGON2);

  constructor({ threads, queueMax }: PasswordHasherOptions = {}) {
    const maxThreads = threads ?? Math.max(1, availableParallelism() - 1);
    this.#placesMax = maxThreads + (queueMax ?? QUEUE_MAX);
    this.#pool = new Piscina({
      filename: path.join(__dirname, 'password-worker.js'),
      minThreads: 1,
      maxThreads,
      idleTimeout: IDLE_MS,
      niceIncrement: NICE,
      stricterFIFO: true,
      recordTiming: false,
    });
  }

  /** Throws `PasswordQueueFullError`. */
  hash(password: string): Promise<string> {
    return this.#run('hash', { password: normalise(password), options: ARGON2 });
  }

  /** With null (there is no such user) the same work is done and the answer is no (ASVS 5, 6.3.8). Throws `PasswordQueueFullError`. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const task = { stored: stored ?? this.#dummy, password: normalise(password) };
    const matches = await this.#run<boolean>('verify', task);
    return matches && stored !== null;
  }

  /** Ends the threads, with what they are at. */
  onApplicationShutdown(): Promise<void> {
    return this.#pool.destroy();
  }

  async #run<T>(name: 'hash' | 'verify', task: object): Promise<T> {
    // The pool's own bound cannot be told from other errors.
    if (this.#places >= this.#placesMax) throw new PasswordQueueFullError();
    this.#places++;
    try {
      return await this.#pool.run(task, { name });
    } finally {
      this.#places--;
    }
  }
}

/** One keyboard sends ü as one character, another as two: both are the same password (NIST SP 800-63B, 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
