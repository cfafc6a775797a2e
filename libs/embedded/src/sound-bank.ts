import fs from 'node:fs/promises';
import path from 'node:path';
import { unpackDebianPackage } from './debian-package';

const packageName = 'fluidr3mono-gm-soundfont';
const fileInPackage = 'usr/share/sounds/sf3/FluidR3Mono_GM.sf3';

const isFile = (file: string) =>
  fs.stat(file).then(
    (stat) => stat.isFile(),
    () => false,
  );

export interface FindSoundBankOptions {
  /** What the user names (SOUND_BANK): this one or none. */
  file?: string;
  /** Where a downloaded one is kept. */
  cacheDir: string;
}

/** A sound bank's path, or why there is none: then music is made with the smaller bank that npm brings. */
export type SoundBank = { path: string } | { path: null; reason: string };

/** The sampled instruments: the named file, this machine's, or Debian's, fetched the first time. Never throws. */
export async function findSoundBank({ file, cacheDir }: FindSoundBankOptions): Promise<SoundBank> {
  if (file)
    return (await isFile(file)) ? { path: file } : { path: null, reason: `SOUND_BANK names ${file}, which is no file` };
  for (const dir of ['/', path.join(path.resolve(cacheDir), packageName)]) {
    const candidate = path.join(dir, fileInPackage);
    if (await isFile(candidate)) return { path: candidate };
  }
  try {
    return { path: path.join(await unpackDebianPackage(packageName, cacheDir), fileInPackage) };
  } catch (err) {
    const last = (err as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (err as Error).message;
    return { path: null, reason: `Debian's package ${packageName} could not be fetched (${last})` };
  }
}
