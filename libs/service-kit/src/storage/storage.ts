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

  /** Moves a local file in; the file is gone from where it was. On the same file system nothing is copied. */
  async moveIn(key: string, file: string): Promise<void> {
    const target = this.pathOf(key);
    try {
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      await fs.promises.rename(file, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      await this.disk.moveFromFs(file, key);
    }
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
    return fs.createReadStream(this.pathOf(key), range);
  }

  /** Removes everything below a prefix; nothing there is no error. */
  async removeAll(prefix: string): Promise<void> {
    if (this.pathOf(prefix) === this.pathOf('')) throw new Error('a prefix must name something');
    await this.disk.deleteAll(prefix);
  }

  /** A key never leaves the folder. */
  private pathOf(key: string): string {
    return path.join(this.folder, path.posix.normalize(`/${key}`));
  }
}
