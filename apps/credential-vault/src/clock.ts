import { Injectable } from '@nestjs/common';

/** What time it is, for everything that depends on days and hours; tests put another clock in its place. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Milliseconds since whenever, for what lasts: never set, forward or back. */
  elapsedMs(): number {
    return performance.now();
  }
}
