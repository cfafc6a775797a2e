import type { GenerationRequest } from '@musicgen/platform-contracts';
import type { RenderRequest } from '../engines/engine';

/** A request as an engine reads it; what does not concern the music stays out. */
export function renderRequestOf(id: string, seed: number, request: GenerationRequest): RenderRequest {
  const { time_signature: timeSignature, metadata: _, ...music } = request;
  return { ...music, ...(timeSignature && { timeSignature }), id, seed };
}
