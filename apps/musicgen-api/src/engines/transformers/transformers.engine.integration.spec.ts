import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WavReader } from '../../audio/wav-reader';
import { RenderChild } from '../../rendering/render-child';
import type { RenderProgress, RenderRequest } from '../engine';
import { TransformersEngine } from './transformers.engine';

const transformersDir = join(__dirname, '../../../extras/transformers');
/** The compiled program: the library does not run inside jest, and this is how the service runs it. */
const entry = join(
  __dirname,
  '../../../../../dist/apps/musicgen-api/apps/musicgen-api/src/rendering/render-process.js',
);
const request: RenderRequest = {
  id: 'gen_1',
  model: 'musicgen-small',
  prompt: 'Upbeat jazz',
  duration: 2.5,
  seed: 7,
  formats: ['mp3'],
};

interface Start {
  by?: RenderChild;
  folder?: string;
  signal?: AbortSignal;
  onProgress?: (progress: RenderProgress) => void;
}
const nobody = () => undefined;

describe('the engine transformers', () => {
  let root: string;
  let modelsDir: string;
  let child: RenderChild;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'transformers-'));
    modelsDir = join(root, 'models');
    execFileSync(process.execPath, [join(transformersDir, 'tiny-model.mjs'), join(modelsDir, 'musicgen-small')]);
    child = RenderChild.start(entry, { transformersDir, modelsDir }, 600_000);
  });
  afterAll(async () => {
    child.kill();
    await child.exited;
    rmSync(root, { recursive: true });
  });

  const newFolder = () => mkdtempSync(join(root, 'render-'));
  const start = async (
    change: Partial<RenderRequest> = {},
    { by = child, folder = newFolder(), signal = new AbortController().signal, onProgress = nobody }: Start = {},
  ) => {
    await by.ready;
    const task = { request: { ...request, ...change }, folder, limitMs: 600_000, onProgress };
    return { result: await by.render(task, signal), folder };
  };
  const soundOf = (folder: string) => {
    const reader = new WavReader(join(folder, 'mix.wav'));
    const samples = reader.read(reader.layout.frames)!;
    reader.close();
    return createHash('sha256').update(Buffer.from(samples[0]!.buffer)).digest('hex');
  };

  it('makes a mastered piece of the asked length in every format, and its waveform', async () => {
    const { result, folder } = await start({ formats: ['flac', 'mp3', 'ogg'] });
    const made = result.artefacts.map(({ kind, format, sha256, bytes, file }) => {
      const content = readFileSync(join(folder, file));
      expect({ bytes, sha256 }).toEqual({
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      });
      return `${kind} ${format}`;
    });
    expect(made).toEqual(['mix wav', 'mix flac', 'mix mp3', 'mix ogg', 'waveform json']);
    const reader = new WavReader(join(folder, 'mix.wav'));
    expect(reader.layout).toMatchObject({ frames: 2.5 * 44_100, sampleRate: 44_100 });
    reader.close();
    expect(Math.abs(result.analysis.loudness + 14)).toBeLessThanOrEqual(0.3);
    expect(result.analysis.truePeak).toBeLessThanOrEqual(-1);
    expect(result).toMatchObject({ interpretation: null, bankSha256: null, analysis: { tempo: null, key: null } });
    expect(readFileSync(join(folder, 'mix.flac')).toString('latin1')).toContain(
      'DIGITAL_SOURCE_TYPE=trainedAlgorithmicMedia',
    );
  });

  it('makes the same sound of the same request and seed, in another process too, and another of another seed or prompt', async () => {
    const [first, again, seed, prompt] = [
      await start(),
      await start(),
      await start({ seed: 8 }),
      await start({ prompt: 'calm piano' }),
    ];
    const other = RenderChild.start(entry, { transformersDir, modelsDir });
    const elsewhere = await start({}, { by: other });
    other.kill();
    expect(soundOf(again.folder)).toBe(soundOf(first.folder));
    expect(soundOf(elsewhere.folder)).toBe(soundOf(first.folder));
    expect(new Set([first, seed, prompt].map(({ folder }) => soundOf(folder))).size).toBe(3);
  });

  it('tells of its progress, which never goes back and ends at 1', async () => {
    const told: RenderProgress[] = [];
    await start({}, { onProgress: (progress) => told.push(progress) });
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(new Set(told.map(({ stage }) => stage))).toEqual(new Set(['composing', 'encoding', 'verifying']));
    expect(told.length).toBeGreaterThan(100);
  });

  it('stops in the middle when cancelled, and leaves no file', async () => {
    const folder = newFolder();
    const abort = new AbortController();
    const onProgress = ({ fraction }: RenderProgress) => fraction > 0.1 && abort.abort(new Error('canceled'));
    const rendering = start({ duration: 30 }, { folder, signal: abort.signal, onProgress });
    await expect(rendering).rejects.toThrow('canceled');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says of each model what is missing', async () => {
    const reasons = async (settings: ConstructorParameters<typeof TransformersEngine>[0]) =>
      Object.fromEntries(
        (await new TransformersEngine(settings).describe()).map((model) => [model.id, model.unavailableReason]),
      );
    const broken = join(root, 'broken');
    cpSync(join(modelsDir, 'musicgen-small'), join(broken, 'musicgen-small'), { recursive: true });
    rmSync(join(broken, 'musicgen-small/onnx/encodec_decode.onnx'));
    cpSync(join(modelsDir, 'musicgen-small'), join(broken, 'musicgen-melody'), { recursive: true });
    writeFileSync(join(broken, 'musicgen-melody/config.json'), '{"model_type": "musicgen_melody"}');

    expect(await reasons({ transformersDir, modelsDir })).toEqual({
      'musicgen-small': undefined,
      'musicgen-medium': expect.stringContaining('its weights are not there'),
      'musicgen-melody': expect.stringContaining('its weights are not there'),
    });
    expect(await reasons({ transformersDir, modelsDir: broken })).toMatchObject({
      'musicgen-small': expect.stringContaining('encodec_decode.onnx is missing'),
      'musicgen-melody': 'weights of the type "musicgen_melody" cannot be run; "musicgen" can',
    });
    expect((await reasons({ transformersDir }))['musicgen-small']).toContain('MUSICGEN_MODELS_DIR is not set');
    expect((await reasons({ transformersDir: root, modelsDir }))['musicgen-small']).toContain('is not installed');
  });

  it('has another version with other weights', async () => {
    const other = join(root, 'other');
    execFileSync(process.execPath, [join(transformersDir, 'tiny-model.mjs'), join(other, 'musicgen-small')]);
    const config = join(other, 'musicgen-small/config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"sampling_rate": 32000', '"sampling_rate": 16000'));
    const [[ours], [theirs]] = await Promise.all([
      new TransformersEngine({ transformersDir, modelsDir }).describe(),
      new TransformersEngine({ transformersDir, modelsDir: other }).describe(),
    ]);
    expect(ours!.version).not.toBe(theirs!.version);
  });
});
