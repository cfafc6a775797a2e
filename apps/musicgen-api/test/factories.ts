import { generationRequest, type GenerationRequest, type Principal } from '@musicgen/platform-contracts';
import { newCall, newId, type Call } from '@musicgen/service-kit';
import { makePrincipal } from '@musicgen/testing';
import type { Generation } from '../src/generations/generation.entity';

/** A request for a short piece, under a new id. */
export const makeAsked = (request: Partial<GenerationRequest> = {}, id = newId('gen')) => ({
  id,
  request: generationRequest.parse({ prompt: 'Calm piano in C major', duration: 2, ...request }),
});

/** A call of somebody; each makes somebody else. */
export const makeCall = (overrides: Partial<Principal> = {}): Call<Principal> => ({
  ...newCall(),
  principal: makePrincipal(overrides),
});

/** A generation that has just been asked for. */
export const makeGeneration = (overrides: Partial<Generation> = {}): Generation => {
  const { id, request } = makeAsked();
  return {
    id,
    userId: newId('user'),
    mode: 'live',
    keyId: null,
    model: 'composer-1',
    prompt: request.prompt,
    title: null,
    request,
    seed: 7,
    duration: 2,
    metadata: {},
    status: 'queued',
    progress: { fraction: 0, section: null, bar: null, bars: null, etaMs: null },
    interpretation: null,
    analysis: null,
    engineVersion: null,
    bankSha256: null,
    error: null,
    quota: 'reserved',
    quotaDay: '2026-11-20',
    createdAt: new Date('2026-11-20T10:00:00.000Z'),
    startedAt: null,
    finishedAt: null,
    lastEvent: 0,
    preview: null,
    provenance: null,
    origin: null,
    repeatKey: null,
    audioDays: 7,
    expiresAt: null,
    artefacts: [],
    ...overrides,
  };
};
