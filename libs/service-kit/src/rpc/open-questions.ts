/** How long a question may be unanswered before we look whether anybody is still there. */
export const askAgainMs = 300;

const lookEveryMs = 100;

interface Question {
  /** Rejects once there is nobody to answer it. */
  mustBeHeard: () => Promise<void>;
  fail: (reason: unknown) => void;
  askAgainAt: number;
}

/** Questions that wait for their answers: one timer for all of them, as most are answered long before it matters. */
export class OpenQuestions {
  private readonly questions = new Set<Question>();
  private timer?: NodeJS.Timeout;

  /** The answer; or a failure once `mustBeHeard`, which is asked every now and then meanwhile, has failed. */
  untilAnswered<T>(answer: Promise<T>, mustBeHeard: () => Promise<void>): Promise<T> {
    return new Promise((resolve, reject) => {
      const question: Question = {
        mustBeHeard,
        fail: (reason) => {
          this.questions.delete(question);
          reject(reason);
        },
        askAgainAt: performance.now() + askAgainMs,
      };
      this.questions.add(question);
      this.timer ??= setInterval(() => this.look(), lookEveryMs).unref();
      answer.then(resolve, reject).finally(() => this.questions.delete(question));
    });
  }

  private look(): void {
    const now = performance.now();
    for (const question of this.questions) {
      if (question.askAgainAt > now) continue;
      question.askAgainAt = now + askAgainMs;
      question.mustBeHeard().catch(question.fail);
    }
    if (this.questions.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
