import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteSpan, ListedFile, Place } from './place';

/** Files in a folder of this machine. */
export class Folder implements Place {
  private readonly disk: Disk;

  constructor(private readonly location: string) {
    this.disk = new Disk(new FSDriver({ location, visibility: 'private' }));
  }

  /** On the same file system nothing is copied. */
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

  async copy(from: string, to: string): Promise<void> {
    await this.disk.copy(from, to);
  }

  async size(key: string): Promise<number | undefined> {
    const stat = await fs.promises.stat(this.pathOf(key)).catch(unlessMissing);
    return stat?.isFile() ? stat.size : undefined;
  }

  read(key: string, span?: ByteSpan): Readable {
    return fs.createReadStream(this.pathOf(key), span);
  }

  async removeAll(prefix: string): Promise<void> {
    await this.disk.deleteAll(prefix);
  }

  async *folders(prefix: string): AsyncIterable<string> {
    for (const entry of await this.list(prefix)) if (entry.isDirectory()) yield entry.name;
  }

  async *files(prefix: string): AsyncIterable<ListedFile> {
    for (const entry of await this.list(prefix)) {
      const key = `${prefix}${entry.name}`;
      if (entry.isDirectory()) yield* this.files(`${key}/`);
      const stat = entry.isFile() && (await fs.promises.stat(this.pathOf(key)).catch(unlessMissing));
      if (stat) yield { key, modifiedAt: stat.mtime };
    }
  }

  private async list(prefix: string): Promise<fs.Dirent[]> {
    return (await fs.promises.readdir(this.pathOf(prefix), { withFileTypes: true }).catch(unlessMissing)) ?? [];
  }

  private pathOf(key: string): string {
    return path.join(this.location, key);
  }
}

/** What is not there is not there; it may have gone a moment ago. */
function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
