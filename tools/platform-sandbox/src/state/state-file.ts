import fs from 'node:fs/promises';
import type { Snapshot, World } from './world';

/** Keeps the world in a file: changes of many requests go into one write, and no request is answered before its change is in it. */
export class StateFile {
  private version = 0;
  private savedVersion = 0;
  private writing: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    private readonly world: World,
  ) {
    world.watch(() => (this.version += 1));
  }

  /** Returns whether there was something to go on from. */
  static async open(path: string, world: World): Promise<{ file: StateFile; isNew: boolean }> {
    const text = await fs.readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) world.restore(JSON.parse(text) as Snapshot);
    return { file: new StateFile(path, world), isNew: text === undefined };
  }

  /** Settles when everything up to now is in the file. */
  async save(): Promise<void> {
    const wanted = this.version;
    while (this.savedVersion < wanted) {
      this.writing ??= this.write().finally(() => (this.writing = undefined));
      await this.writing;
    }
  }

  /** A crash leaves the old file or the new one, never half of one. */
  private async write(): Promise<void> {
    const version = this.version;
    const draft = `${this.path}.new`;
    await fs.writeFile(draft, JSON.stringify(this.world.snapshot()), { mode: 0o600 });
    await fs.rename(draft, this.path);
    this.savedVersion = version;
  }
}
