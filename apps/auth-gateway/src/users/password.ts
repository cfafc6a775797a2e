import { hash, hashSync, type Options, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';

// OWASP Password Storage Cheat Sheet; the library's default variant is argon2id.
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const satisfies Options;
const QUEUE_MAX = 64;

/** Too many logins at once. Answered with 503, so that a flood of them leaves the cores to all other requests. */
export class PasswordQueueFullError extends Error {
  override name = 'PasswordQueueFullError';
  constructor() {
    super('Too many passwords wait to be checked');
  }
}

export interface PasswordHasherOptions {
  concurrency?: number;
  queueMax?: number;
}

/** argon2id with a bound on how much of the machine it may take; make one per process. */
export class PasswordHasher {
  readonly #concurrency: number;
  readonly #queueMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  // Of a password nobody knows, with the same parameters as every real hash.
  readonly #dummy = hashSync(randomBytes(32), ARGON2);

  constructor({ concurrency, queueMax }: PasswordHasherOptions = {}) {
    this.#concurrency = concurrency ?? Math.max(1, availableParallelism() - 1);
    this.#queueMax = queueMax ?? QUEUE_MAX;
  }

  /** Throws `PasswordQueueFullError`. */
  hash(password: string): Promise<string> {
    return this.#run(() => hash(normalise(password), ARGON2));
  }

  /** With null (there is no such user) the same work is done and the answer is no (ASVS 5, 6.3.8). Throws `PasswordQueueFullError`. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await this.#run(() => verify(stored ?? this.#dummy, normalise(password)));
    return matches && stored !== null;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= this.#queueMax) throw new PasswordQueueFullError();
      // Whoever finishes hands its place on, so that nobody who comes later takes it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** One keyboard sends ü as one character, another as two: both are the same password (NIST SP 800-63B, 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
