import { AppError } from '@musicgen/error-codes';
import type { Logger } from '@musicgen/service-kit';
import type { Lease } from './lease';
import type { LeaseAnswer } from './shared-bucket';
import type { Question } from './shared-buckets.store';

/** A lease and the name of the bucket it is of. */
export interface NamedLease {
  readonly name: string;
  readonly lease: Lease;
  /** Settles when the question under way is answered or has failed. */
  asking: Promise<void> | null;
}

interface Waiting {
  wanted: boolean;
  done: () => void;
}

const questionsAtOnce = 500;
/** More questions than this cannot be answered in time; whoever comes then is told so. */
const questionsMax = 20_000;
/** Slower than this, Postgres counts as away; what it may still grant is forgotten, which lets nobody through. */
const answerWithinMs = 2_000;
/** How soon Postgres is tried again. */
const retryAfterMs = 1_000;

/** Carries the questions of this replica's leases to the shared buckets: one transaction at a time, many questions in each. */
export class LeaseExchange {
  private readonly waiting = new Map<NamedLease, Waiting>();
  private isRunning = false;
  private awayUntil = 0;
  private isAway = false;
  private isHanging = false;
  /** As last seen, also while Postgres is away. */
  replicas = 1;

  constructor(
    private readonly replica: string,
    private readonly exchange: (questions: Question[]) => Promise<LeaseAnswer[]>,
    private readonly now: () => number,
    private readonly logger: Logger,
  ) {}

  /** Settles when the lease has its answer, or goes on alone; a lease that was never answered then stays unknown. */
  ask(named: NamedLease, wanted: boolean): Promise<void> {
    if (named.asking) return named.asking;
    if (wanted && !this.isDueAgain) return Promise.resolve(this.goAlone(named));
    if (this.waiting.size >= questionsMax) throw tooMany();
    named.asking = new Promise((resolve) => {
      const done = () => {
        named.asking = null;
        resolve();
      };
      this.waiting.set(named, { wanted, done });
    });
    void this.run();
    return named.asking;
  }

  /** Tried again now and then: a lease that goes on alone asks only as often as that. */
  get isDueAgain(): boolean {
    return !this.isHanging && this.now() >= this.awayUntil;
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    // What is asked in the same moment goes together.
    await Promise.resolve();
    while (this.waiting.size > 0) await this.runOnce();
    this.isRunning = false;
  }

  private async runOnce(): Promise<void> {
    const batch = [...this.waiting].slice(0, questionsAtOnce);
    for (const [named] of batch) this.waiting.delete(named);
    const { replica, replicas } = this;
    const questions = batch.map(([{ name, lease }, { wanted }]) => ({
      name,
      limit: lease.limit,
      ask: { ...lease.ask(this.now()), replica, replicas, wanted },
    }));
    const answered = this.exchange(questions);
    try {
      const answers = await within(answerWithinMs, answered);
      if (this.isAway) this.logger.info('limits are shared with the other replicas again');
      this.isAway = false;
      batch.forEach(([{ lease }], index) => lease.answer(answers[index]!, this.now()));
    } catch (err) {
      this.fail(batch, err);
    }
    for (const [, { done }] of batch) done();
    // One that hangs keeps its connection: another would only take the next.
    await answered.catch(() => undefined);
    this.isHanging = false;
  }

  private fail(batch: [NamedLease, Waiting][], err: unknown): void {
    if (!this.isAway) this.logger.warn({ err, replicas: this.replicas }, 'limits go on with this replica’s share');
    this.isAway = true;
    this.isHanging = true;
    this.awayUntil = this.now() + retryAfterMs;
    for (const [{ lease }] of batch) lease.fail();
    const queued = [...this.waiting];
    this.waiting.clear();
    for (const [named] of [...batch, ...queued]) this.goAlone(named);
    for (const [, { done }] of queued) done();
  }

  private goAlone({ lease }: NamedLease): void {
    if (lease.isKnown) lease.goAlone(this.replicas, this.now());
  }
}

const tooMany = () =>
  new AppError('SERVICE_UNAVAILABLE', { details: 'Too many clients at once', retryAfterSeconds: 1 });

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the shared buckets did not answer in time')), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
