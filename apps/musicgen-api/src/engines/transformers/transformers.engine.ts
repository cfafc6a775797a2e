import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { checkAudible, checkMaster, checkWavLength } from '../../audio/mastering/checks';
import { master } from '../../audio/mastering/master';
import { MixFiles } from '../../audio/mastering/mix-files';
import { LevelRecorder } from '../../audio/mastering/level-recorder';
import { Spool } from '../../audio/mastering/spool';
import { SAMPLE_RATE } from '../../audio/stereo';
import type { Engine, ModelDescription, RenderProgress, RenderRequest, RenderResult } from '../engine';
import { allOrNothing, artefactOf, forwardOnly } from '../render-folder';
import { tagsOf } from '../tags-of';
import { describeMusic } from './describe-music';
import { Library, type MusicgenModel, type Transformers } from './library';
import { findWeights, knownModels, type KnownModel, type Weights } from './weights';

/** Goes up whenever the same samples from the model would give other bytes. */
const ENGINE_VERSION = 1;

/** The models were trained on pieces of at most that length. */
const DURATION_SECONDS_MAX = 30;
const FRAMES_PER_SECOND = 50;
/** The delay pattern of four codebooks eats as many frames, less one. */
const DELAY_FRAMES = 3;
/** As the model's authors use it. */
const GUIDANCE_SCALE = 3;
const FADE_SECONDS = 0.5;
/** A prompt that stands in for a title may be a text of its own. */
const TITLE_LENGTH_MAX = 200;
const CHUNK_FRAMES = 1 << 14;
/** Where each stage ends in the whole, by what it takes: nearly all is the model's. */
const STAGES = { composing: [0.02, 0.9], encoding: [0.9, 0.99], verifying: [0.99, 1] } as const;

interface Loaded {
  id: string;
  tokenize: (text: string) => Record<string, unknown>;
  model: MusicgenModel;
}

export interface TransformersSettings {
  /** Where the packages are installed; absent: where every package is. */
  transformersDir?: string;
  /** Where the folders with weights are. */
  modelsDir?: string;
}

/**
 * MusicGen (J. Copet et al., "Simple and Controllable Music Generation", 2023) through `@huggingface/transformers`, with
 * weights from a folder and without any network. Its random numbers are the process's: one piece at a time.
 */
export class TransformersEngine implements Engine {
  private readonly library: Library;
  private loaded?: Loaded;

  constructor(private readonly settings: TransformersSettings) {
    this.library = new Library(settings.transformersDir);
  }

  async describe(): Promise<ModelDescription[]> {
    return knownModels.map((model) => {
      const weights = this.find(model);
      const isThere = typeof weights !== 'string';
      return {
        id: model.id,
        name: model.name,
        engine: 'transformers',
        version: isThere ? this.versionWith(weights) : 'unknown',
        description: model.description,
        available: isThere,
        ...(!isThere && { unavailableReason: weights }),
        maxDurationSeconds: DURATION_SECONDS_MAX,
        sampleRate: SAMPLE_RATE,
        channels: 2,
        outputs: ['mix'],
        licence: 'CC-BY-NC-4.0 (the weights)',
        commercialUse: false,
        // On one machine it is; between processors the last bits of a product differ, and with them a choice now and then.
        deterministic: false,
        pace: model.pace,
      };
    });
  }

  render(
    request: RenderRequest,
    folder: string,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
  ): Promise<RenderResult> {
    return allOrNothing(folder, () => this.renderInto(request, folder, signal, forwardOnly(onProgress)));
  }

  private async renderInto(
    request: RenderRequest,
    folder: string,
    signal: AbortSignal,
    report: (progress: RenderProgress) => void,
  ): Promise<RenderResult> {
    const known = knownModels.find(({ id }) => id === request.model)!;
    const weights = this.find(known);
    if (typeof weights === 'string') throw new Error(`${known.id}: ${weights}`);
    report({ stage: 'composing', fraction: 0 });
    const within = (stage: keyof typeof STAGES, part: number) => {
      const [from, to] = STAGES[stage];
      report({ stage, fraction: from + (to - from) * Math.min(1, part) });
    };
    const mono = await this.generate(request, weights, signal, (part) => within('composing', part));
    const generator = this.versionWith(weights);
    const frames = Math.round(request.duration * SAMPLE_RATE);
    const spool = new Spool(join(folder, '.mix.f32'));
    const tags = tagsOf(request, {
      title: (request.title ?? request.prompt).slice(0, TITLE_LENGTH_MAX),
      generator,
      digitalSourceType: 'trainedAlgorithmicMedia',
      ...(request.genre && { genre: request.genre }),
    });
    const mix = new MixFiles(folder, ['wav', ...request.formats], { frames, tags });
    try {
      const levels = new LevelRecorder(frames, false);
      for (let from = 0; from < frames; from += CHUNK_FRAMES) {
        const chunk = mono.subarray(from, Math.min(frames, from + CHUNK_FRAMES));
        spool.append({ left: chunk, right: chunk }, chunk.length);
        levels.write({ left: chunk, right: chunk }, chunk.length);
        await nextTick(undefined, { signal });
      }
      const blockLevels = levels.end();
      checkAudible(blockLevels);
      const onFrames = (done: number) => within('encoding', done / frames);
      const measures = await master(spool, blockLevels, { sink: mix, signal, onFrames });
      within('verifying', 0);
      checkMaster(measures, request.duration);
      checkWavLength(mix.files[0]!.path, measures.frames);
      const artefacts = await Promise.all([
        ...mix.files.map(({ format, path }) => artefactOf({ name: 'mix', kind: 'mix', format }, path)),
        artefactOf({ name: 'waveform', kind: 'waveform', format: 'json' }, mix.waveformPath),
      ]);
      within('verifying', 1);
      const { loudness, truePeak } = measures;
      const composed = { tempo: null, key: null, timeSignature: null, sections: [] };
      return {
        artefacts,
        interpretation: null,
        analysis: { ...composed, loudness, truePeak, durationSeconds: frames / SAMPLE_RATE },
        engineVersion: generator,
        bankSha256: null,
      };
    } finally {
      mix.discard();
      spool.discard();
    }
  }

  /** The piece at 44.1 kHz, exactly as long as asked for, faded out. */
  private async generate(
    request: RenderRequest,
    { precisions }: Weights,
    signal: AbortSignal,
    onPart: (part: number) => void,
  ): Promise<Float32Array> {
    const library = this.library.transformers(this.settings.modelsDir!);
    const { tokenize, model } = await this.load(library, request.model, precisions);
    signal.throwIfAborted();
    const steps = Math.ceil(FRAMES_PER_SECOND * request.duration) + DELAY_FRAMES;
    let step = 0;
    class Steps extends library.BaseStreamer {
      override put() {
        onPart(step++ / steps);
      }
      override end() {}
    }
    const stop = new library.InterruptableStoppingCriteria();
    const interrupt = () => stop.interrupt();
    signal.addEventListener('abort', interrupt);
    try {
      library.random.seed(request.seed);
      const { data } = await model.generate({
        ...tokenize(describeMusic(request)),
        max_new_tokens: steps,
        do_sample: true,
        guidance_scale: GUIDANCE_SCALE,
        streamer: new Steps(),
        stopping_criteria: stop,
      });
      signal.throwIfAborted();
      const frames = Math.round(request.duration * SAMPLE_RATE);
      return fadedOut(await this.resample(data, model.config.audio_encoder.sampling_rate, frames));
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** One model is kept in memory, the one that was asked for last. */
  private async load(library: Transformers, id: string, precisions: Weights['precisions']): Promise<Loaded> {
    if (this.loaded?.id === id) return this.loaded;
    this.loaded = undefined;
    const tokenize = await library.AutoTokenizer.from_pretrained(id);
    const model = await library.MusicgenForConditionalGeneration.from_pretrained(id, {
      dtype: precisions,
      device: 'cpu',
    });
    return (this.loaded = { id, tokenize, model });
  }

  private async resample(samples: Float32Array, from: number, frames: number): Promise<Float32Array> {
    const { create, ConverterType } = this.library.resampling();
    const converter = await create(1, from, SAMPLE_RATE, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });
    const out = new Float32Array(frames);
    try {
      // Behind the end comes silence, which pushes out what the filter still holds.
      for (let read = 0, written = 0; written < frames; read += CHUNK_FRAMES) {
        const chunk = new Float32Array(CHUNK_FRAMES);
        chunk.set(samples.subarray(read, read + CHUNK_FRAMES));
        const made = converter.full(chunk).subarray(0, frames - written);
        out.set(made, written);
        written += made.length;
      }
      return out;
    } finally {
      converter.destroy();
    }
  }

  private find(model: KnownModel): Weights | string {
    if (this.library.problem) return this.library.problem;
    if (!this.settings.modelsDir) return 'MUSICGEN_MODELS_DIR is not set: it names the folder with the weights';
    return findWeights(join(this.settings.modelsDir, model.id));
  }

  private versionWith({ fingerprint }: Weights): string {
    return `transformers-${ENGINE_VERSION}+${this.library.version}.${fingerprint}`;
  }
}

/** A model stops where its time is over: half a cosine makes an end of it. */
function fadedOut(samples: Float32Array): Float32Array {
  const length = Math.min(FADE_SECONDS * SAMPLE_RATE, samples.length);
  const start = samples.length - length;
  for (let i = 0; i < length; i++) samples[start + i]! *= 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / length);
  return samples;
}
