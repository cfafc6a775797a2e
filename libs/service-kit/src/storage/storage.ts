import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Files that are too large for a message: audio, imports, exports. Keys are relative paths with forward slashes. */
export class Storage {
  private readonly disk: Disk;

  constructor(private readonly folder: string) {
    this.disk = new Disk(new FSDriver({ location: folder, visibility: 'private' }));
  }

  /** Moves a local file in; the file is gone from where it was. */
  async moveIn(key: string, file: string): Promise<void> {
    await this.disk.moveFromFs(file, key);
  }

  async putStream(key: string, contents: Readable): Promise<void> {
    await this.disk.putStream(key, contents);
  }

  exists(key: string): Promise<boolean> {
    return this.disk.exists(key);
  }

  async size(key: string): Promise<number> {
    return (await this.disk.getMetaData(key)).contentLength;
  }

  /** Bytes `start` to `end`, both included, or the whole file; never more of it in memory than a stream's buffer. */
  read(key: string, range?: { start: number; end: number }): Readable {
    return fs.createReadStream(path.join(this.folder, path.posix.normalize(`/${key}`)), range);
  }

  /** Removes everything below a prefix; nothing there is no error. */
  async removeAll(prefix: string): Promise<void> {
    await this.disk.deleteAll(prefix);
  }
}
