import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSoundBank } from './bank';

const BUNDLED = require.resolve('@coderline/alphatab/soundfont/sonivox.sf3');

describe('loadSoundBank', () => {
  it('reads the bank it is told to, with name, licence and hash', async () => {
    const bank = await loadSoundBank({ path: BUNDLED });
    expect(bank.sha256).toBe(createHash('sha256').update(readFileSync(BUNDLED)).digest('hex'));
    expect(bank.name).toContain('SONiVOX');
    expect(bank.licence).toContain('Apache-2.0');
  });

  it('reads a bank once', async () => {
    const [first, second] = await Promise.all([loadSoundBank({ path: BUNDLED }), loadSoundBank({ path: BUNDLED })]);
    expect(second).toBe(first);
  });

  it('prefers an unpacked package in a given folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bank-'));
    try {
      mkdirSync(join(folder, 'usr/share/sounds/sf3'), { recursive: true });
      copyFileSync(BUNDLED, join(folder, 'usr/share/sounds/sf3/FluidR3Mono_GM.sf3'));
      expect((await loadSoundBank({ folders: [folder] })).path.startsWith(folder)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('always finds one', async () => {
    expect((await loadSoundBank()).bank.presets.length).toBeGreaterThan(100);
  });

  it('says what was wrong with the operator’s choice instead of taking another', async () => {
    await expect(loadSoundBank({ path: '/nowhere/bank.sf2' })).rejects.toThrow('/nowhere/bank.sf2');
  });
});
