import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoudnessMeter } from '../../../audio/loudness';
import { TruePeakMeter, decibels } from '../../../audio/true-peak';
import { WavReader } from '../../../audio/wav-reader';
import type { Score } from '../score';
import { loadSoundBank } from './bank';
import type { SoundBank } from './bank';
import { bandScore, briefScore, droneScore, dynamicScore, makeScore, silentScore, sparseScore } from './fixture-scores';
import { produce } from './produce';
import type { ProduceOptions } from './produce';

const TAGS = {
  title: 'Fixture',
  promptSha256: '00',
  model: 'composer-1',
  seed: 1,
  generator: 'test',
  digitalSourceType: 'algorithmicMedia' as const,
};

let bank: SoundBank;
let folder: string;
beforeAll(
  async () => (bank = await loadSoundBank({ path: require.resolve('@coderline/alphatab/soundfont/sonivox.sf3') })),
);
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'produce-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const run = (score: Score, overrides: Partial<ProduceOptions> = {}) =>
  produce(score, bank, { folder, formats: ['wav'], stems: false, tags: TAGS, onFrames: () => undefined, ...overrides });

function samplesOf(path: string): [left: Float32Array, right: Float32Array] {
  const reader = new WavReader(path);
  const samples = reader.read(reader.layout.frames)!;
  reader.close();
  return samples;
}

const highest = (samples: Float32Array) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('produce', () => {
  it.each([
    ['a band', bandScore(4)],
    ['a loop', bandScore(2, { loop: true })],
    ['rare short strokes', sparseScore()],
    ['a whisper and a shout', dynamicScore()],
    ['one second', briefScore()],
    ['low tones alone', droneScore()],
  ])('masters %s to −14 ± 0.3 LUFS, at most −1 dBTP and the exact length', async (_name, score) => {
    await run(score);
    const [left, right] = samplesOf(join(folder, 'mix.wav'));
    const [loudness, peak] = [new LoudnessMeter(44100), new TruePeakMeter()];
    loudness.write(left, right);
    peak.write(left, right);
    expect(Math.abs(loudness.integrated() + 14)).toBeLessThanOrEqual(0.3);
    expect(decibels(peak.end())).toBeLessThanOrEqual(-1);
    expect(left.length).toBe(Math.round(score.durationSeconds * 44100));
  });

  it('ends in silence when it does not loop', async () => {
    const ringing = makeScore(
      [{ ...bandScore().parts[3]!, notes: [{ beat: 0, beats: 60, pitch: 60, velocity: 90 }] }],
      { durationSeconds: 5 },
    );
    await run(ringing);
    const [left] = samplesOf(join(folder, 'mix.wav'));
    expect(highest(left.subarray(-200))).toBeLessThan(1e-4);
    expect(highest(left.subarray(-44100, -40000))).toBeGreaterThan(1e-2);
  });

  it('loops without a step at the seam, and with the tail of its end at its start', async () => {
    const score = bandScore(2, { loop: true });
    score.parts = score.parts.slice(1);
    await run(score);
    for (const samples of samplesOf(join(folder, 'mix.wav'))) {
      const steps = samples.slice(1).map((sample, i) => Math.abs(sample - samples[i]!));
      const seam = Math.abs(samples[0]! - samples.at(-1)!);
      expect(seam).toBeLessThanOrEqual(Math.max(...steps.slice(0, 500), ...steps.slice(-500)));
      expect(highest(samples.subarray(0, 64))).toBeGreaterThan(1e-4);
    }
  });

  it('gives the same bytes again, also after other pieces', async () => {
    const formats = ['wav', 'mp3', 'ogg', 'flac'] as const;
    const hashes = async () => {
      await run(bandScore(2), { formats, stems: true });
      return readdirSync(folder).map((file) => [file, hashOf(join(folder, file))]);
    };
    const first = await hashes();
    await run(briefScore());
    expect(await hashes()).toEqual(first);
  });

  it('writes stems that add up to the mix before mastering, and leave the mix as it is without them', async () => {
    const { stems } = await run(bandScore(2), { stems: true });
    expect(stems.map(({ name }) => name)).toEqual(['drums', 'bass', 'piano', 'strings', 'sax', 'effects_return']);
    const withStems = samplesOf(join(folder, 'mix.wav'))[0];
    await run(bandScore(2));
    const without = samplesOf(join(folder, 'mix.wav'))[0];
    expect(withStems).toEqual(without);
  });

  it('makes room when a stem would not fit below full scale', async () => {
    const score = bandScore(2);
    score.parts[0]!.mix.gainDb = 20;
    await run(score, { stems: true });
    const [left] = samplesOf(join(folder, 'stem-drums.wav'));
    expect(highest(left)).toBeLessThan(1);
  });

  it('refuses a silent piece by name', async () => {
    await expect(run(silentScore())).rejects.toThrow('silent');
  });

  it('refuses a program that the bank does not have', async () => {
    const score = bandScore(2);
    const poor = { ...bank, bank: Object.create(bank.bank, { presets: { value: bank.bank.presets.slice(0, 1) } }) };
    await expect(
      produce(score, poor, { folder, formats: [], stems: false, tags: TAGS, onFrames: () => undefined }),
    ).rejects.toThrow(/has no preset for program/);
  });

  it.each(['rendering', 'encoding'] as const)('stops while %s and leaves nothing spooled', async (stage) => {
    const controller = new AbortController();
    const onFrames: ProduceOptions['onFrames'] = (at, frames) => {
      if (at === stage && frames > 10000) controller.abort();
    };
    const running = run(bandScore(5), { formats: ['mp3', 'flac'], stems: true, signal: controller.signal, onFrames });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder).filter((file) => file.startsWith('.'))).toEqual([]);
  });
});
