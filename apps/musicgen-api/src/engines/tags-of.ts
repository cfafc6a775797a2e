import { createHash } from 'node:crypto';
import type { AudioTags } from '../audio/tags';
import type { RenderRequest } from './engine';

/** Where a file comes from: what the request says of it, and what only the engine knows. */
export function tagsOf(request: RenderRequest, made: Omit<AudioTags, 'promptSha256' | 'model' | 'seed'>): AudioTags {
  return {
    ...made,
    // A NUL or a line break would end the field early in some of the formats.
    title: made.title.replaceAll(/\p{Cc}+/gu, ' '),
    promptSha256: createHash('sha256').update(request.prompt, 'utf8').digest('hex'),
    model: request.model,
    seed: request.seed,
  };
}
