import { createHash, randomBytes, randomUUID } from 'node:crypto';

const base62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Letters and digits nobody can guess. */
export const randomText = (length: number): string => spell([...randomBytes(length)], length);

/** A uuid. */
export const randomId = (): string => randomUUID();

/** Letters and digits that are always the same for the same seed: ids of the invented catalogue. */
export const stableText = (seed: string, length: number): string => spell(stableBytes(seed, length), length);

/** Hexadecimal digits that are always the same for the same seed. */
export const stableHex = (seed: string, length: number): string =>
  stableBytes(seed, length)
    .map((byte) => (byte % 16).toString(16))
    .join('');

/** A whole number from 0 to below `below`, always the same for the same seed. */
export const stableNumber = (seed: string, below: number): number =>
  createHash('sha256').update(seed).digest().readUInt32BE(0) % below;

/** A number from 0 to below 1, always the same for the same seed. */
export const stableFraction = (seed: string): number => stableNumber(seed, 1_000_000) / 1_000_000;

function spell(bytes: readonly number[], length: number): string {
  return bytes
    .slice(0, length)
    .map((byte) => base62[byte % base62.length])
    .join('');
}

function stableBytes(seed: string, length: number): number[] {
  const bytes: number[] = [];
  for (let round = 0; bytes.length < length; round += 1) {
    bytes.push(...createHash('sha256').update(`${round}:${seed}`).digest());
  }
  return bytes.slice(0, length);
}
