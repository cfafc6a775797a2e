import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BasicSoundBank, SoundBankLoader } from 'spessasynth_core';

/** A sound bank in memory, shared by every render of the process, and what its file says about itself. */
export interface SoundBank {
  bank: BasicSoundBank;
  path: string;
  sha256: string;
  name: string;
  /** The bank's own copyright line. */
  licence: string;
}

/** Where to look for a bank before the places that are always tried. */
export interface BankOptions {
  /** A bank the operator chose: nothing else is tried then. */
  path?: string;
  /** Folders with an unpacked Debian package, tried before the system's. */
  folders?: string[];
}

/** Where Debian's `fluidr3mono-gm-soundfont` lies, below a root. */
const DEBIAN_FILES = ['sf3/FluidR3Mono_GM.sf3', 'sf2/FluidR3Mono_GM.sf2'];
const SYSTEM_FOLDER = '/usr/share/sounds';
const UNPACKED = ['', 'usr/share/sounds'];

/** MIT or Apache text is in the packages; the banks' own copyright lines do not always name it. */
const KNOWN_LICENCES: [name: RegExp, licence: string][] = [
  [/fluid/i, 'MIT'],
  [/sonivox/i, 'Apache-2.0'],
];

const loaded = new Map<string, Promise<SoundBank>>();

function candidates({ path, folders = [] }: BankOptions): string[] {
  if (path) return [path];
  const cached = folders.flatMap((folder) => UNPACKED.flatMap((sub) => DEBIAN_FILES.map((f) => join(folder, sub, f))));
  const system = DEBIAN_FILES.map((file) => join(SYSTEM_FOLDER, file));
  return [...cached, ...system, require.resolve('@coderline/alphatab/soundfont/sonivox.sf3')];
}

/** Finds and reads the bank once per process: the operator's, Debian's FluidR3Mono, or the one of an npm dependency. */
export async function loadSoundBank(options: BankOptions = {}): Promise<SoundBank> {
  const failures: string[] = [];
  for (const path of candidates(options)) {
    const loading = loaded.get(path) ?? read(path);
    loaded.set(path, loading);
    try {
      return await loading;
    } catch (error) {
      loaded.delete(path);
      failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`No sound bank could be read. ${failures.join('; ')}`);
}

async function read(path: string): Promise<SoundBank> {
  const file = await readFile(path);
  await BasicSoundBank.isSF3DecoderReady;
  // The loader wants a buffer that holds the file and nothing else.
  const bank = SoundBankLoader.fromArrayBuffer(new Uint8Array(file).buffer);
  const { name, copyright = '', comment = '' } = bank.soundBankInfo;
  const known = KNOWN_LICENCES.find(([pattern]) => pattern.test(name) || pattern.test(comment))?.[1];
  return {
    bank,
    path,
    sha256: createHash('sha256').update(file).digest('hex'),
    name,
    licence: [known, copyright.replaceAll(/\s+/g, ' ').trim()].filter(Boolean).join('; ') || 'unknown',
  };
}
