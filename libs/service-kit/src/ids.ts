import type { IdPrefix } from '@musicgen/platform-contracts';
import { monotonicFactory } from 'ulid';
import { takeRandomBytes } from './random';

const ulid = monotonicFactory(() => takeRandomBytes(1).readUInt8() / 256);

/** A new id: prefix and ULID. Ids made by one process sort in the order they were made. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${ulid()}`;
