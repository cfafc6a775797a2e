import type { IdPrefix } from '@musicgen/platform-contracts';
import { monotonicFactory } from 'ulid';

const ulid = monotonicFactory();

/** A new id: prefix and ULID. Ids made by one process sort in the order they were made. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${ulid()}`;
