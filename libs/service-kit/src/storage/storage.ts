import path from 'node:path';
import type { Readable } from 'node:stream';
import { Folder } from './folder';
import type { ByteSpan, ListedFile, Place } from './place';

/** Files that are too large for a message: audio, imports, exports. Keys are relative paths with forward slashes. */
export class Storage {
  private readonly place: Place;

  /** A string is the path of a folder. */
  constructor(where: string | Place) {
    this.place = typeof where === 'string' ? new Folder(where) : where;
  }

  /** Moves a local file in; the file is gone from where it was. An upload is given up when aborted. */
  async moveIn(key: string, file: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.place.moveIn(inside(key), file, signal);
  }

  putStream(key: string, contents: Readable): Promise<void> {
    return this.place.putStream(inside(key), contents);
  }

  copy(from: string, to: string): Promise<void> {
    return this.place.copy(inside(from), inside(to));
  }

  async exists(key: string): Promise<boolean> {
    return (await this.place.size(inside(key))) !== undefined;
  }

  /** Throws where there is no such file. */
  async size(key: string): Promise<number> {
    const size = await this.place.size(inside(key));
    if (size === undefined) throw new Error(`there is no ${key}`);
    return size;
  }

  /** Bytes `start` to `end`, both included, or the whole file; never more of it in memory than a stream's buffer. */
  read(key: string, range?: ByteSpan): Readable {
    return this.place.read(inside(key), range);
  }

  /** Removes everything below a prefix, or one file; nothing there is no error. */
  async removeAll(prefix: string): Promise<void> {
    if (inside(prefix) === '') throw new Error('a prefix must name something');
    await this.place.removeAll(inside(prefix));
  }

  /** Names of the folders directly below a prefix. */
  folders(prefix: string): AsyncIterable<string> {
    return this.place.folders(asFolder(prefix));
  }

  /** All files below a prefix. */
  files(prefix: string): AsyncIterable<ListedFile> {
    return this.place.files(asFolder(prefix));
  }
}

/** A key never leaves the storage. */
const inside = (key: string): string => path.posix.normalize(`/${key}`).slice(1);

const asFolder = (prefix: string): string => inside(prefix).replace(/\/*$/, '/').replace(/^\/$/, '');
