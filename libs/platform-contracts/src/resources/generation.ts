import { z } from 'zod';
import { id, timestamp } from '../ids';
import { modes } from '../principal';

export const audioFormats = ['wav', 'flac', 'mp3', 'ogg'] as const;
export type AudioFormat = (typeof audioFormats)[number];

/** In the order that they follow each other; `expired` only ever follows `succeeded`. */
export const generationStatuses = [
  'queued',
  'composing',
  'rendering',
  'encoding',
  'verifying',
  'succeeded',
  'failed',
  'canceled',
  'expired',
] as const;
export type GenerationStatus = (typeof generationStatuses)[number];

/** What a status comes to, for those who only want to know whether it is over. */
export const generationStates = ['pending', 'active', 'done'] as const;

const words = z.array(z.string().trim().min(1).max(60)).max(20);

/** What may be asked of a model. The tier bounds the duration further; a parameter beats what the prompt says. */
export const generationRequest = z.strictObject({
  prompt: z.string().trim().min(1, 'must not be empty').max(2_000, 'must be at most 2000 characters'),
  model: z.string().max(60).default('composer-1'),
  duration: z
    .number('must be a number of seconds')
    .min(1, 'must be at least 1')
    .max(600, 'must be at most 600')
    .default(30)
    .describe('seconds'),
  seed: z.number().int().min(0).max(0xffff_ffff).optional().describe('chosen when absent, always reported'),
  tempo: z.number().min(40).max(240).optional().describe('beats per minute'),
  key: z.string().trim().min(1).max(20).optional().describe('for example "A minor"'),
  time_signature: z.enum(['3/4', '4/4', '6/8']).optional(),
  genre: z.string().trim().min(1).max(60).optional(),
  mood: z.string().trim().min(1).max(60).optional(),
  instruments: words.optional(),
  exclude: words.optional(),
  structure: z
    .array(z.strictObject({ name: z.string().trim().min(1).max(40), bars: z.number().int().min(1).max(64) }))
    .min(1)
    .max(32)
    .optional(),
  intensity: z.number().min(0).max(1).optional(),
  formats: z
    .array(z.enum(audioFormats))
    .min(1)
    .max(audioFormats.length)
    .refine((formats) => new Set(formats).size === formats.length, 'must not repeat a format')
    .default(['wav', 'mp3']),
  stems: z.boolean().optional(),
  midi: z.boolean().optional(),
  loop: z.boolean().optional(),
  title: z.string().trim().min(1).max(120).optional(),
  metadata: z
    .record(z.string().min(1).max(40), z.string().max(500))
    .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs')
    .optional(),
  webhook_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe('of one of your webhooks, which is told of this one in particular'),
  check_originality: z.boolean().optional().describe('not available yet'),
  variation_of: id('gen')
    .optional()
    .describe('a generation of yours: its tempo, key, chords and form, prompt and duration, with a new melody'),
  extend_of: id('gen').optional().describe('a generation of yours: what follows it, in its tempo, key and idiom'),
});
export type GenerationRequest = z.infer<typeof generationRequest>;

const understood = <T extends z.ZodType>(value: T) =>
  z.object({ value, from: z.enum(['prompt', 'parameter', 'genre', 'seed']) });

export const interpretation = z.object({
  tempo: understood(z.number()),
  key: understood(z.string()),
  time_signature: understood(z.string()),
  genre: understood(z.string()),
  mood: understood(z.string()).optional(),
  instruments: understood(z.array(z.string())),
  ignored: z.array(z.string()).describe('words of the prompt that had no effect'),
});

export const analysis = z.object({
  tempo: z.number().nullable().describe('as composed; null from models that do not compose a score'),
  key: z.string().nullable(),
  time_signature: z.string().nullable(),
  sections: z.array(z.object({ name: z.string(), start_seconds: z.number(), bars: z.number(), energy: z.number() })),
  loudness: z.number().describe('LUFS, integrated, as measured'),
  true_peak: z.number().describe('dBTP, as measured'),
  duration_seconds: z.number(),
});

const artefact = z.object({
  name: z.string(),
  kind: z.enum(['mix', 'stem', 'midi', 'waveform']),
  format: z.enum([...audioFormats, 'mid', 'json']),
  bytes: z.number().int(),
  sha256: z.string(),
});

const progress = z.object({
  fraction: z.number(),
  section: z.string().nullable(),
  bar: z.number().int().nullable(),
  bars: z.number().int().nullable(),
  eta_ms: z.number().int().nullable(),
});
const failure = z.object({ code: z.string(), message: z.string(), retryable: z.boolean(), suggestion: z.string() });

const generationFields = {
  id: id('gen'),
  status: z.enum(generationStatuses),
  state: z.enum(generationStates),
  progress,
  queue_position: z.number().int().nullable(),
  poll_after_ms: z.number().int().nullable(),
  model: z.string(),
  prompt: z.string(),
  title: z.string().nullable(),
  seed: z.number().int(),
  duration: z.number(),
  request: z.record(z.string(), z.unknown()).describe('the parameters as asked, defaults included'),
  interpretation: interpretation.nullable(),
  analysis: analysis.nullable(),
  engine_version: z.string().nullable(),
  bank_sha256: z.string().nullable(),
  usage: z.object({ generations: z.number().int() }),
  error: failure.nullable(),
  metadata: z.record(z.string(), z.string()),
  mode: z.enum(modes),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
};

/** A generation, as musicgen-api tells it: its files have no addresses yet. */
export const generation = z.object({ ...generationFields, artefacts: z.array(artefact) });
export type Generation = z.infer<typeof generation>;

/** A generation, as the public API shows it. */
export const publicGeneration = z.object({
  ...generationFields,
  artefacts: z.array(artefact.extend({ url: z.url() })),
});

/** A row of a list. */
export const generationSummary = generation.pick({
  id: true,
  status: true,
  state: true,
  progress: true,
  model: true,
  prompt: true,
  title: true,
  duration: true,
  mode: true,
  created_at: true,
  finished_at: true,
});

/** What happened to a generation, numbered from 1 without gaps. `audio`: so many seconds of its preview can be heard. */
export const generationEvent = z.discriminatedUnion('type', [
  z.object({
    number: z.number().int(),
    type: z.literal('status'),
    data: z.object({ status: z.enum(generationStatuses), state: z.enum(generationStates) }),
  }),
  z.object({ number: z.number().int(), type: z.literal('progress'), data: progress }),
  z.object({
    number: z.number().int(),
    type: z.literal('audio'),
    data: z.object({ index: z.number().int(), seconds: z.number() }),
  }),
  z.object({
    number: z.number().int(),
    type: z.literal('done'),
    data: z.object({ status: z.enum(generationStatuses), error: failure.nullable() }),
  }),
]);
export type GenerationEvent = z.infer<typeof generationEvent>;

export const model = z.object({
  id: z.string(),
  name: z.string(),
  engine: z.string(),
  description: z.string(),
  available: z.boolean(),
  unavailable_reason: z.string().nullable(),
  max_duration: z.number().describe('seconds'),
  sample_rate: z.number().int(),
  channels: z.number().int(),
  outputs: z.array(z.enum(['mix', 'stems', 'midi'])),
  parameters: z.record(z.string(), z.unknown()).describe('JSON Schema of what a request may hold'),
  licence: z.string(),
  commercial_use: z.boolean(),
  deterministic: z.boolean(),
});
export type Model = z.infer<typeof model>;

/** A file in storage: what a service answers when a caller may have it. */
export const fileReference = z.object({
  key: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  content_type: z.string(),
  filename: z.string(),
});
export type FileReference = z.infer<typeof fileReference>;

export const usage = z.object({ generations_remaining: z.number().int(), reset_date: timestamp });
