import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One model of the family: its folder below `MUSICGEN_MODELS_DIR` has its id as name. */
export interface KnownModel {
  id: string;
  name: string;
  description: string;
  /** Seconds that a second of music takes on one core, about, with 8-bit weights. */
  pace: number;
}

/** The ids are those of the weights as their makers publish them. */
export const knownModels: readonly KnownModel[] = [
  {
    id: 'musicgen-small',
    name: 'MusicGen small',
    description: 'A transformer of 300 million parameters: up to 30 s of mono music from a description.',
    pace: 6,
  },
  {
    id: 'musicgen-medium',
    name: 'MusicGen medium',
    description: 'A transformer of 1.5 billion parameters: up to 30 s of mono music from a description.',
    pace: 25,
  },
  {
    id: 'musicgen-melody',
    name: 'MusicGen melody',
    description: 'A transformer of 1.5 billion parameters that can also be given a melody.',
    pace: 25,
  },
];

/** What the files of a part are called, by their precision, the preferred first. */
const suffixes = { q8: '_quantized', fp16: '_fp16', fp32: '' } as const;
type Precision = keyof typeof suffixes;

const parts = {
  text_encoder: ['q8', 'fp16', 'fp32'],
  decoder_model_merged: ['q8', 'fp16', 'fp32'],
  // What it decodes is heard as it is: the precise one first.
  encodec_decode: ['fp32', 'fp16', 'q8'],
} as const satisfies Record<string, readonly Precision[]>;
type Part = keyof typeof parts;

const texts = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** Weights that are there, whole. */
export interface Weights {
  precisions: Record<Part, Precision>;
  /** Changes when other weights take their place. */
  fingerprint: string;
}

/** Looks at the folder of a model; a sentence when it cannot be used. Reads no weights. */
export function findWeights(folder: string): Weights | string {
  if (!existsSync(folder)) return `its weights are not there: put them into ${folder}`;
  const missing = texts.find((file) => !existsSync(join(folder, file)));
  if (missing) return `${join(folder, missing)} is missing`;
  const modelType = modelTypeIn(join(folder, 'config.json'));
  if (modelType !== 'musicgen') return `weights of the type "${modelType}" cannot be run; "musicgen" can`;
  const precisions: Partial<Record<Part, Precision>> = {};
  const hash = createHash('sha256').update(readFileSync(join(folder, 'config.json')));
  for (const [part, wanted] of Object.entries(parts) as [Part, readonly Precision[]][]) {
    const precision = wanted.find((each) => existsSync(fileOf(folder, part, each)));
    if (!precision) return `${fileOf(folder, part, wanted[0]!)} is missing`;
    precisions[part] = precision;
    hash.update(`${part} ${precision} ${statSync(fileOf(folder, part, precision)).size}\n`);
  }
  return { precisions: precisions as Weights['precisions'], fingerprint: hash.digest('hex').slice(0, 8) };
}

const fileOf = (folder: string, part: Part, precision: Precision) =>
  join(folder, 'onnx', `${part}${suffixes[precision]}.onnx`);

function modelTypeIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { model_type?: unknown }).model_type;
  } catch {
    return 'unreadable';
  }
}
