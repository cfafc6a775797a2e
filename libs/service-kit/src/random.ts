import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8_192);
let used = pool.length;

/** Random bytes of the system's generator, fetched in bulk: a call for a few of them costs more than they are worth. The slice is the caller's until the pool is filled anew, so use it at once. */
export function takeRandomBytes(count: number): Buffer {
  const start = take(count);
  return pool.subarray(start, start + count);
}

/** As many of them, written in hexadecimal. */
export function takeRandomHex(count: number): string {
  const start = take(count);
  return pool.toString('hex', start, start + count);
}

function take(count: number): number {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return used - count;
}
