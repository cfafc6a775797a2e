import type { GenerationRequest } from '@musicgen/platform-contracts';
import type { RenderRequest } from '../engines/engine';
import type { Origin } from '../generations/generation.entity';

/** A request as an engine reads it; what does not concern the music stays out. */
export function renderRequestOf(
  id: string,
  seed: number,
  request: GenerationRequest,
  origin: Origin | null,
): RenderRequest {
  const { prompt, model, duration, formats, title, stems, midi, loop } = request;
  const { tempo, key, genre, mood, instruments, exclude, structure, intensity } = request;
  const music = { tempo, key, timeSignature: request.time_signature, genre, mood, instruments, exclude, structure };
  const given = { ...music, intensity, title, stems, midi, loop, ...origin };
  // What was not asked for is not there at all, as if it came through JSON.
  return JSON.parse(JSON.stringify({ id, model, prompt, duration, seed, formats, ...given })) as RenderRequest;
}
