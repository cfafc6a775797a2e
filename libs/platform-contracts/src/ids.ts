import { z } from 'zod';

/** One prefix per kind of resource; behind it a ULID, so that ids sort by time. */
export const idPrefixes = [
  'user',
  'sess',
  'key',
  'cred',
  'gen',
  'song',
  'scan',
  'req',
  'job',
  'evt',
  'hook',
  'dlv',
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** Schema of a `prefix_ULID` id. A malformed id names nothing: routes answer 404 for it. */
export const id = (prefix: IdPrefix) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`), `must be an id that starts with ${prefix}_`);

/** ISO 8601, UTC, milliseconds. */
export const timestamp = z.iso.datetime({ precision: 3 });
