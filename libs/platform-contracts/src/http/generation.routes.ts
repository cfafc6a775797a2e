import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import {
  audioFormats,
  generationRequest,
  generationStatuses,
  generationSummary,
  model,
  publicGeneration,
} from '../resources/generation';
import { defineRoute } from './define-route';

const tag = 'Generations';
const one = z.object({ id: id('gen') });
const exampleModel = {
  id: 'composer-1',
  name: 'Composer 1',
  engine: 'composer',
  description: 'Composes by rules and plays with sampled instruments',
  available: true,
  unavailable_reason: null,
  max_duration: 600,
  sample_rate: 44_100,
  channels: 2,
  outputs: ['mix', 'stems', 'midi'],
  parameters: { type: 'object', properties: { tempo: { type: 'number', minimum: 40, maximum: 240 } } },
  licence: 'MIT',
  commercial_use: true,
  deterministic: true,
};
const exampleGeneration = {
  id: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  status: 'queued',
  state: 'pending',
  progress: { fraction: 0, section: null, bar: null, bars: null, eta_ms: null },
  queue_position: 1,
  poll_after_ms: 500,
  model: 'composer-1',
  prompt: 'Upbeat jazz with saxophone',
  title: null,
  seed: 2718281828,
  duration: 30,
  request: { prompt: 'Upbeat jazz with saxophone', model: 'composer-1', duration: 30, formats: ['wav', 'mp3'] },
  interpretation: null,
  analysis: null,
  engine_version: null,
  bank_sha256: null,
  usage: { generations: 1 },
  error: null,
  metadata: {},
  artefacts: [],
  mode: 'live',
  created_at: '2026-11-20T10:00:00.000Z',
  started_at: null,
  finished_at: null,
};
const exampleSummary = {
  id: exampleGeneration.id,
  status: 'queued',
  state: 'pending',
  progress: exampleGeneration.progress,
  model: 'composer-1',
  prompt: exampleGeneration.prompt,
  title: null,
  duration: 30,
  mode: 'live',
  created_at: exampleGeneration.created_at,
  finished_at: null,
};

export const listModelsRoute = defineRoute({
  name: 'listModels',
  method: 'GET',
  path: '/v1/models',
  access: 'models:read',
  tag: 'Models',
  summary: 'The models, with what each can do',
  status: 200,
  query: pageQuery,
  response: pageOf(model),
  errors: [],
  example: { response: { data: [exampleModel], next_cursor: null } },
});

export const getModelRoute = defineRoute({
  name: 'getModel',
  method: 'GET',
  path: '/v1/models/{id}',
  access: 'models:read',
  tag: 'Models',
  summary: 'One model',
  params: z.object({ id: z.string().max(60) }),
  status: 200,
  response: model,
  errors: [],
  example: { response: exampleModel },
});

export const createGenerationRoute = defineRoute({
  name: 'createGeneration',
  method: 'POST',
  path: '/v1/generate',
  access: 'generate',
  tag,
  summary: 'Ask for a piece of music',
  creates: 'gen',
  body: generationRequest,
  status: 202,
  response: publicGeneration,
  errors: ['QUOTA_EXCEEDED', 'MODEL_UNAVAILABLE', 'MODEL_NOT_IN_TIER'],
  example: { body: { prompt: 'Upbeat jazz with saxophone', duration: 30 }, response: exampleGeneration },
});

export const listGenerationsRoute = defineRoute({
  name: 'listGenerations',
  method: 'GET',
  path: '/v1/generate',
  access: 'generate',
  tag,
  summary: 'The caller’s generations, newest first',
  query: pageQuery.extend({
    status: z.enum(generationStatuses).optional(),
    model: z.string().max(60).optional(),
    q: z.string().max(200).optional().describe('words of the prompt or title'),
  }),
  status: 200,
  response: pageOf(generationSummary),
  errors: [],
  example: { response: { data: [exampleSummary], next_cursor: null } },
});

export const getGenerationRoute = defineRoute({
  name: 'getGeneration',
  method: 'GET',
  path: '/v1/generate/{id}',
  access: 'generate',
  tag,
  summary: 'One generation: status, progress, result',
  params: one,
  status: 200,
  response: publicGeneration,
  errors: [],
  example: { response: exampleGeneration },
});

export const cancelGenerationRoute = defineRoute({
  name: 'cancelGeneration',
  method: 'POST',
  path: '/v1/generate/{id}/cancel',
  access: 'generate',
  tag,
  summary: 'Stop a generation, wherever it is',
  params: one,
  status: 202,
  response: publicGeneration,
  errors: ['GENERATION_FINISHED'],
  example: { response: { ...exampleGeneration, status: 'canceled', state: 'done', queue_position: null } },
});

export const deleteGenerationRoute = defineRoute({
  name: 'deleteGeneration',
  method: 'DELETE',
  path: '/v1/generate/{id}',
  access: 'generate',
  tag,
  summary: 'Delete a generation and its files',
  params: one,
  status: 204,
  errors: [],
});

export const getGenerationEventsRoute = defineRoute({
  name: 'getGenerationEvents',
  method: 'GET',
  path: '/v1/generate/{id}/events',
  access: 'generate',
  tag,
  summary: 'What happens to a generation, as server-sent events; `Last-Event-ID` resumes',
  params: one,
  status: 200,
  produces: ['text/event-stream'],
  errors: [],
});

export const getAudioRoute = defineRoute({
  name: 'getAudio',
  method: 'GET',
  path: '/v1/generate/{id}/audio',
  access: 'generate',
  tag,
  summary: 'The music; Range and ETag are understood. As MP3 also while it is made: a preview, without either',
  params: one,
  query: z.strictObject({ format: z.enum(audioFormats).optional() }),
  status: 200,
  produces: ['audio/wav', 'audio/flac', 'audio/mpeg', 'audio/ogg'],
  errors: ['GENERATION_NOT_READY', 'GONE'],
});

export const getStemRoute = defineRoute({
  name: 'getStem',
  method: 'GET',
  path: '/v1/generate/{id}/stems/{name}',
  access: 'generate',
  tag,
  summary: 'One part by itself',
  params: one.extend({ name: z.string().max(60) }),
  status: 200,
  produces: ['audio/wav'],
  errors: ['GENERATION_NOT_READY', 'GONE'],
});

export const getMidiRoute = defineRoute({
  name: 'getMidi',
  method: 'GET',
  path: '/v1/generate/{id}/midi',
  access: 'generate',
  tag,
  summary: 'The notes, as a Standard MIDI File',
  params: one,
  status: 200,
  produces: ['audio/midi'],
  errors: ['GENERATION_NOT_READY', 'GONE'],
});

export const getWaveformRoute = defineRoute({
  name: 'getWaveform',
  method: 'GET',
  path: '/v1/generate/{id}/waveform',
  access: 'generate',
  tag,
  summary: 'Peaks for drawing the waveform',
  params: one,
  status: 200,
  produces: ['application/json'],
  errors: ['GENERATION_NOT_READY', 'GONE'],
});

export const getFileRoute = defineRoute({
  name: 'getFile',
  method: 'GET',
  path: '/v1/files/{token}',
  access: 'anonymous',
  counted: 'by-handler',
  tag,
  summary: 'The file of a signed link, as in the `url` of an artefact; a link is good for an hour',
  params: z.object({ token: z.string().regex(/^[\w-]+$/) }),
  status: 200,
  produces: ['audio/wav', 'audio/flac', 'audio/mpeg', 'audio/ogg', 'audio/midi', 'application/json'],
  errors: ['NOT_FOUND'],
});
