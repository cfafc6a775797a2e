import { createHash } from 'node:crypto';

/** A row of the record: one change, or the uses of a second. */
export interface ChainRow {
  seq: number;
  at: Date;
  /** The process that wrote it. */
  replica: string;
  /** JSON of its lines, as it was written: what is hashed are these characters. */
  entries: string;
  previousHash: Buffer;
  hash: Buffer;
}

/** Where the record begins: before its first row, or behind what was removed after its time. */
export interface Link {
  seq: number;
  hash: Buffer;
}

export const start: Link = { seq: 0, hash: Buffer.alloc(32) };

/** The row behind a link. */
export function nextRow(last: Link, row: Pick<ChainRow, 'at' | 'replica' | 'entries'>): ChainRow {
  const linked = { ...row, seq: last.seq + 1, previousHash: last.hash };
  return { ...linked, hash: hashOf(linked) };
}

/** What is wrong with a row behind another; null: nothing. */
export function linkProblem(last: Link, row: ChainRow): string | null {
  if (row.seq !== last.seq + 1) return `rows ${last.seq + 1} to ${row.seq - 1} are missing`;
  if (!row.previousHash.equals(last.hash)) return 'it does not follow the row before it';
  return row.hash.equals(hashOf(row)) ? null : 'it was changed';
}

/** An array of JSON ends where it ends, so nothing can move from one part to the next. */
const hashOf = ({ seq, at, replica, entries, previousHash }: Omit<ChainRow, 'hash'>): Buffer =>
  createHash('sha256')
    .update(previousHash)
    .update(JSON.stringify([seq, at.toISOString(), replica]))
    .update(entries)
    .digest();
