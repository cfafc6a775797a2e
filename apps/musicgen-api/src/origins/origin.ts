import type { FieldProblem } from '@musicgen/error-codes';
import type { GenerationRequest } from '@musicgen/platform-contracts';
import type { Generation, Origin } from '../generations/generation.entity';
import { renderRequestOf } from '../rendering/render-request';

type Field = keyof GenerationRequest;
type Source = Pick<Generation, 'id' | 'seed' | 'request' | 'origin'>;

/** What an engine is to make: the request with what the earlier piece says in it, and that piece. */
export interface Derived {
  request: GenerationRequest;
  origin: Origin;
  problems: FieldProblem[];
}

const idiom = ['tempo', 'key', 'time_signature', 'genre', 'mood', 'instruments', 'exclude'] as const satisfies Field[];
const form = ['structure', 'intensity', 'loop'] as const satisfies Field[];

/** So many pieces may follow each other. */
const chainMax = 8;

/** The same piece with another melody and performance: prompt, duration and all that shapes the music are the original's. */
export function variationOf(source: Source, request: GenerationRequest): Derived {
  const kept = [...idiom, ...form];
  const own = Object.fromEntries(kept.map((field) => [field, source.request[field]]));
  return {
    request: { ...request, prompt: source.request.prompt, duration: source.request.duration, ...own },
    // A variation of a variation varies what that one does.
    origin: { ...source.origin, variationOf: { seed: source.origin?.variationOf?.seed ?? source.seed } },
    problems: kept
      .filter((field) => request[field] !== undefined && !isSame(request[field], source.request[field]))
      .map((path) => ({ path, problem: 'is the original’s in a variation' })),
  };
}

/** What comes after a piece: it goes on in its tempo, key and idiom. */
export function extensionOf(source: Source, request: GenerationRequest): Derived {
  const origin = { extensionOf: renderRequestOf(source.id, source.seed, source.request, source.origin) };
  const problems: FieldProblem[] = idiom
    .filter((field) => request[field] !== undefined)
    .map((path) => ({ path, problem: 'is that of the piece before, in an extension' }));
  if (lengthOf(origin) > chainMax) {
    problems.push({ path: 'extend_of', problem: `is the end of a chain of ${chainMax} extensions already` });
  }
  return { request, origin, problems };
}

const lengthOf = ({ extensionOf: before }: Origin): number => (before ? 1 + lengthOf(before) : 0);

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
