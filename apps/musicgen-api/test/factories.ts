import {
  generationRequest,
  type createGeneration,
  type Principal,
  type RequestInputOf,
} from '@musicgen/platform-contracts';
import { newCall, newId, type Call } from '@musicgen/service-kit';
import { makePrincipal } from '@musicgen/testing';

type Asked = RequestInputOf<typeof createGeneration>;

/** A request for a short piece, under a new id. */
export const makeAsked = (overrides: Partial<Asked['request']> = {}, id = newId('gen')) => ({
  id,
  request: generationRequest.parse({ prompt: 'Calm piano in C major', duration: 2, ...overrides }),
});

/** A call of somebody; each makes somebody else. */
export const makeCall = (overrides: Partial<Principal> = {}): Call<Principal> => ({
  ...newCall(),
  principal: makePrincipal(overrides),
});
