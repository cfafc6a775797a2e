import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageRequest } from '../pages';
import {
  audioFormats,
  fileReference,
  generation,
  generationEvent,
  generationRequest,
  generationStatuses,
  generationSummary,
  model,
  usage,
} from '../resources/generation';
import { defineRpc } from './define-rpc';

const one = z.strictObject({ id: id('gen') });

export const listModels = defineRpc({
  subject: 'musicgen.v1.model.list',
  callers: ['auth'],
  request: z.strictObject({}),
  response: z.object({ data: z.array(model) }),
  errors: [],
});

export const getModel = defineRpc({
  subject: 'musicgen.v1.model.get',
  callers: ['auth'],
  request: z.strictObject({ id: z.string().max(60) }),
  response: model,
  errors: ['NOT_FOUND'],
});

/** Reserves quota, stores the generation and its job, in one transaction. The same id again answers what is there. */
export const createGeneration = defineRpc({
  subject: 'musicgen.v1.generation.create',
  callers: ['auth'],
  request: z.strictObject({ id: id('gen'), request: generationRequest }),
  response: generation,
  errors: [
    'VALIDATION_FAILED',
    'QUOTA_EXCEEDED',
    'MODEL_UNAVAILABLE',
    'RATE_LIMIT_EXCEEDED',
    'SERVICE_UNAVAILABLE',
    'CONFLICT',
  ],
});

export const getGeneration = defineRpc({
  subject: 'musicgen.v1.generation.get',
  callers: ['auth'],
  request: one,
  response: generation,
  errors: ['NOT_FOUND'],
});

export const listGenerations = defineRpc({
  subject: 'musicgen.v1.generation.list',
  callers: ['auth'],
  request: pageRequest.extend({
    status: z.enum(generationStatuses).optional(),
    model: z.string().max(60).optional(),
    q: z.string().max(200).optional(),
  }),
  response: pageOf(generationSummary),
  errors: ['VALIDATION_FAILED'],
});

/** Cancels wherever the job is; gives its quota back unless audio was delivered. */
export const cancelGeneration = defineRpc({
  subject: 'musicgen.v1.generation.cancel',
  callers: ['auth'],
  request: one,
  response: generation,
  errors: ['NOT_FOUND', 'GENERATION_FINISHED'],
});

/** Cancels it if it is unfinished; then row and files go. */
export const deleteGeneration = defineRpc({
  subject: 'musicgen.v1.generation.delete',
  callers: ['auth'],
  request: one,
  response: z.object({}),
  errors: ['NOT_FOUND'],
});

/** What happened after an event, oldest first. An event that never was is the beginning; `is_over`: there will be no more. */
export const listGenerationEvents = defineRpc({
  subject: 'musicgen.v1.generation_event.list',
  callers: ['auth'],
  request: z.strictObject({ id: id('gen'), after: z.number().int().min(0) }),
  response: z.object({ data: z.array(generationEvent), is_over: z.boolean() }),
  errors: ['NOT_FOUND'],
});

/**
 * Where the pieces of the preview lie, from one on. `is_complete`: no more will follow. Without any, although it is
 * complete: what was made is the music itself.
 */
export const findPreview = defineRpc({
  subject: 'musicgen.v1.preview.find',
  callers: ['auth'],
  request: z.strictObject({ id: id('gen'), from: z.number().int().min(0) }),
  response: z.object({ keys: z.array(z.string()), is_complete: z.boolean() }),
  errors: ['NOT_FOUND', 'GENERATION_NOT_READY', 'GONE'],
});

/**
 * One file of a succeeded generation. Without a format, the mix in the first format that was asked for; a format that was
 * not asked for is made now, which may take until the deadline.
 */
export const findArtefact = defineRpc({
  subject: 'musicgen.v1.artefact.find',
  callers: ['auth'],
  request: z.strictObject({
    id: id('gen'),
    kind: z.enum(['mix', 'stem', 'midi', 'waveform']),
    name: z.string().max(60).optional(),
    format: z.enum(audioFormats).optional(),
  }),
  response: fileReference,
  errors: ['NOT_FOUND', 'GENERATION_NOT_READY', 'GONE', 'SERVICE_UNAVAILABLE'],
  timeoutMs: 30_000,
});

/** What is left of today's generations; test mode spends none. */
export const getUsage = defineRpc({
  subject: 'musicgen.v1.usage.get',
  callers: ['auth'],
  request: z.strictObject({}),
  response: usage,
  errors: [],
  timeoutMs: 1_000,
});
