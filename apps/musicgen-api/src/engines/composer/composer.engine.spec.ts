import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interpretation, PreviewPiece, RenderProgress, RenderRequest } from '../engine';
import { COMPOSER_ENGINE_VERSION, ComposerEngine } from './composer.engine';
import { bandScore, silentScore } from './sound/fixture-scores';
import type { Score } from './score';

const BANK = { path: require.resolve('@coderline/alphatab/soundfont/sonivox.sf3') };
const INTERPRETATION: Interpretation = {
  tempo: { value: 120, from: 'genre' },
  key: { value: 'A minor', from: 'seed' },
  timeSignature: { value: '4/4', from: 'genre' },
  genre: { value: 'pop', from: 'prompt' },
  instruments: { value: [], from: 'genre' },
  ignored: [],
};

const engineFor = (score: Score) =>
  new ComposerEngine(BANK, {
    compose: () => ({ score, interpretation: INTERPRETATION }),
    scoreToMidi: () => Buffer.from('MThd'),
  });

const makeRequest = (overrides: Partial<RenderRequest> = {}): RenderRequest => ({
  id: 'gen_1',
  model: 'composer-1',
  prompt: 'pop',
  duration: 2,
  seed: 7,
  formats: ['wav'],
  ...overrides,
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'engine-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

describe('ComposerEngine', () => {
  it('describes its model with the bank’s licence', async () => {
    const [model] = await engineFor(bandScore(2)).describe();
    expect(model).toMatchObject({ id: 'composer-1', available: true, deterministic: true, commercialUse: true });
    expect(model!.licence).toContain('Apache-2.0');
  });

  it('is shown as unavailable, with the reason, when the bank cannot be read', async () => {
    const [model] = await new ComposerEngine({ path: '/nowhere.sf2' }).describe();
    expect(model).toMatchObject({ available: false, unavailableReason: expect.stringContaining('/nowhere.sf2') });
  });

  it('answers with every file that was asked for, by size and hash', async () => {
    const request = makeRequest({ formats: ['mp3', 'ogg', 'flac'], stems: true, midi: true });
    const { artefacts } = await engineFor(bandScore(2)).render(request, folder, never, () => undefined);
    expect(artefacts.map(({ file }) => file).sort()).toEqual(readdirSync(folder).sort());
    expect(artefacts.filter(({ kind }) => kind === 'mix').map(({ format }) => format)).toEqual([
      'wav',
      'mp3',
      'ogg',
      'flac',
    ]);
    expect(artefacts.filter(({ kind }) => kind === 'stem')).toHaveLength(6);
    for (const { file, bytes, sha256 } of artefacts) {
      const content = readFileSync(join(folder, file));
      expect(bytes).toBe(content.length);
      expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });

  it('tells what it measured, not what it meant to reach', async () => {
    const result = await engineFor(bandScore(2)).render(makeRequest(), folder, never, () => undefined);
    expect(result.engineVersion).toBe(COMPOSER_ENGINE_VERSION);
    expect(result.bankSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(result.analysis).toMatchObject({ tempo: 120, key: 'A minor', timeSignature: '4/4', durationSeconds: 2 });
    expect(Math.abs(result.analysis.loudness + 14)).toBeLessThanOrEqual(0.3);
    expect(result.analysis.truePeak).toBeLessThanOrEqual(-1);
  });

  it('reports progress by bar, never backwards, to the end', async () => {
    const seen: RenderProgress[] = [];
    await engineFor(bandScore(5)).render(makeRequest({ duration: 5 }), folder, never, (progress) =>
      seen.push(progress),
    );
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['composing', 'rendering', 'encoding', 'verifying']);
    expect(new Set(seen.map(({ bar }) => bar))).toEqual(new Set([undefined, 1, 2, 3]));
  });

  it('can be heard while it renders, in pieces that are MP3 frames', async () => {
    const pieces: PreviewPiece[] = [];
    const engine = engineFor(bandScore(3));
    await engine.render(
      makeRequest({ duration: 3 }),
      folder,
      never,
      () => undefined,
      (piece) => pieces.push(piece),
    );
    expect(pieces.map(({ index }) => index)).toEqual(pieces.map((_, i) => i));
    expect(pieces.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(3, 5);
    expect(pieces[0]!.mp3[0]).toBe(0xff);
  });

  it('refuses a score of another length than was asked for', async () => {
    const wrong = engineFor(bandScore(2)).render(makeRequest({ duration: 2.5 }), folder, never, () => undefined);
    await expect(wrong).rejects.toMatchObject({ check: 'length' });
  });

  it('warms up without a trace', async () => {
    // Others warm up too, in the folder that all programs share.
    const own = jest.spyOn(os, 'tmpdir').mockReturnValue(folder);
    await engineFor(bandScore(4)).warmUp();
    expect(own).toHaveBeenCalled();
    own.mockRestore();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing behind when it is aborted or fails, and touches no other file', async () => {
    writeFileSync(join(folder, 'other.txt'), 'stays');
    const controller = new AbortController();
    const stopAtEncoding = ({ stage }: RenderProgress) =>
      stage === 'encoding' && controller.abort(new Error('cancelled'));
    const request = makeRequest({ formats: ['mp3'], stems: true });
    const aborted = engineFor(bandScore(2)).render(request, folder, controller.signal, stopAtEncoding);
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engineFor(silentScore()).render(request, folder, never, () => undefined)).rejects.toThrow(
      'Check "silent" failed',
    );
    expect(readdirSync(folder)).toEqual(['other.txt']);
  });
});
