import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A stream of numbers with its shape, as the library has it. */
interface Tensor {
  data: Float32Array;
  dims: number[];
}

interface InterruptableStoppingCriteria {
  interrupt(): void;
}

export interface MusicgenModel {
  config: { audio_encoder: { sampling_rate: number } };
  generate(options: Record<string, unknown>): Promise<Tensor>;
}

/** As much of `@huggingface/transformers` 4 as is used. */
export interface Transformers {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string; useFSCache: boolean };
  random: { seed(seed: number): void };
  AutoTokenizer: { from_pretrained(id: string): Promise<(text: string) => Record<string, unknown>> };
  MusicgenForConditionalGeneration: {
    from_pretrained(id: string, options: Record<string, unknown>): Promise<MusicgenModel>;
  };
  BaseStreamer: new () => { put(value: unknown): void; end(): void };
  InterruptableStoppingCriteria: new () => InterruptableStoppingCriteria;
}

/** libsamplerate, as `@alexanderolsen/libsamplerate-js` gives it. */
export interface Resampling {
  ConverterType: { SRC_SINC_BEST_QUALITY: number };
  create(
    channels: number,
    from: number,
    to: number,
    options: { converterType: number },
  ): Promise<{ full(samples: Float32Array): Float32Array; destroy(): void }>;
}

/** No dependencies of the service's own: they are looked for at run time, and it does without them. */
const transformersPackage = '@huggingface/transformers';
const resamplingPackage = '@alexanderolsen/libsamplerate-js';

/** The optional packages; where they are installed is configuration, because 470 MB are not for everybody. */
export class Library {
  private readonly require: NodeJS.Require;

  /** `dir` holds their node_modules; without it they are looked for where every package is. */
  constructor(dir: string | undefined) {
    this.require = createRequire(dir ? join(dir, 'package.json') : __filename);
  }

  /** The sentence that says what to do when they are not there. */
  get problem(): string | undefined {
    try {
      this.require.resolve(transformersPackage);
      this.require.resolve(resamplingPackage);
      return undefined;
    } catch {
      return 'the package @huggingface/transformers is not installed: see "The engine transformers" in apps/musicgen-api/README.md';
    }
  }

  /** Loaded on demand: it takes its time and some 100 MB of memory. */
  transformers(modelsDir: string): Transformers {
    const library = this.require(transformersPackage) as Transformers;
    Object.assign(library.env, { allowRemoteModels: false, localModelPath: modelsDir, useFSCache: false });
    return library;
  }

  resampling(): Resampling {
    return this.require(resamplingPackage) as Resampling;
  }

  /** Without loading it. */
  get version(): string {
    const main = this.require.resolve(transformersPackage);
    const folder = main.slice(0, main.lastIndexOf(join('@huggingface', 'transformers')));
    return (this.require(join(folder, '@huggingface', 'transformers', 'package.json')) as { version: string }).version;
  }
}
