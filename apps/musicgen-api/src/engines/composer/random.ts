import { createHash } from 'node:crypto';

/** A source of chance that always says the same: sfc32, seeded with 128 bits. */
export class Random {
  constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
  ) {}

  /** 0 (included) to 1 (excluded). */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** A whole number from 0 to `count` − 1. */
  int(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  /** The first items are likelier: lists of data name the typical one first. */
  pickEarly<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() ** 1.35 * items.length)]!;
  }

  /** About −1 to 1, mostly near 0: the sum of three draws. */
  bell(): number {
    return ((this.next() + this.next() + this.next()) * 2) / 3 - 1;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}

/** Independent sources by name: drawing more for the drums leaves the melody as it is. */
export type Streams = (name: string) => Random;

/** Streams of one seed text. */
export function streamsOf(seedText: string): Streams {
  return (name) => {
    const digest = createHash('sha256').update(`${seedText}\n${name}`, 'utf8').digest();
    const random = new Random(
      digest.readInt32LE(0),
      digest.readInt32LE(4),
      digest.readInt32LE(8),
      digest.readInt32LE(12),
    );
    for (let i = 0; i < 12; i++) random.next();
    return random;
  };
}
