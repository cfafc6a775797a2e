import type { Readable } from 'node:stream';

/** Bytes of a file, both included. */
export interface ByteSpan {
  start: number;
  end: number;
}

/** A file, as a listing tells of it. */
export interface ListedFile {
  key: string;
  modifiedAt: Date;
}

/** Where files lie: a folder, or a bucket. Keys are relative paths with forward slashes. */
export interface Place {
  moveIn(key: string, file: string, signal?: AbortSignal): Promise<void>;
  putStream(key: string, contents: Readable): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Undefined where there is no such file. */
  size(key: string): Promise<number | undefined>;
  read(key: string, span?: ByteSpan): Readable;
  removeAll(prefix: string): Promise<void>;
  /** Names of the folders directly below a prefix. */
  folders(prefix: string): AsyncIterable<string>;
  /** All files below a prefix. */
  files(prefix: string): AsyncIterable<ListedFile>;
}
