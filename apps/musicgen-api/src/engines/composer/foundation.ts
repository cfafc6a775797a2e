import type { Interpretation, RenderRequest } from '../engine';
import { planOf } from './form/plan';
import type { Plan } from './form/plan';
import type { Intent } from './prompt/intent';
import { interpret } from './prompt/interpret';
import { streamsOf } from './random';
import type { Streams } from './random';
import { ENGINE_VERSION } from './version';

/** The piece that a piece comes from, if it does. */
export type Origin = Pick<RenderRequest, 'variationOf' | 'extensionOf'>;

/** What is decided before the first note: everything that a variation keeps, and an extension goes on from. */
export interface Foundation {
  streams: Streams;
  intent: Intent;
  interpretation: Interpretation;
  plan: Plan;
}

/** What is heard anew in a variation: everything else follows the piece it varies. */
const FRESH_IN_VARIATION = /^(melody|counter|performance|drums|bass (?!patterns))/;
/** What is new in an extension: its form, and what is made of the ideas, chords and grooves that are known. */
const FRESH_IN_EXTENSION = /^(form$|melody (of|scoops|figures)|counter|performance|drums|bass (?!patterns))/;

/** The request as far as music depends on it: always the same text for the same wish. */
function canonical(request: RenderRequest): string {
  const { prompt, duration, tempo, key, timeSignature, genre, mood, instruments, exclude, structure, intensity, loop } =
    request;
  const wish = [
    prompt,
    duration,
    tempo,
    key,
    timeSignature,
    genre,
    mood,
    instruments,
    exclude,
    structure,
    intensity,
    loop === true,
  ];
  return JSON.stringify(wish.map((part) => part ?? null));
}

/** How many pieces come before this one. */
function depthOf({ extensionOf }: Origin): number {
  return extensionOf ? 1 + depthOf(extensionOf) : 0;
}

/** Tempo, key, metre, genre, form: read from the request, or from the piece that it goes on with. */
export function foundationOf(request: RenderRequest, origin: Origin = request): Foundation {
  const { variationOf, extensionOf } = origin;
  const before = extensionOf && foundationOf(extensionOf);
  const depth = depthOf(origin);
  const madeWith = (seed: number): Streams => {
    const own = streamsOf([ENGINE_VERSION, canonical(request), seed, ...(depth > 0 ? [depth] : [])].join('\n'));
    return before ? (name) => (FRESH_IN_EXTENSION.test(name) ? own(name) : before.streams(name)) : own;
  };
  const own = madeWith(request.seed);
  const varied = variationOf && madeWith(variationOf.seed);
  const streams: Streams = varied ? (name) => (FRESH_IN_VARIATION.test(name) ? own(name) : varied(name)) : own;
  const { intent, interpretation } = before ? continued(request, before) : interpret(request, streams);
  return { streams, intent, interpretation, plan: planOf(intent, streams, before?.plan) };
}

/** Everything stays as it was, the exact tempo too; how long, how intense and in which sections is for the new request to say. */
function continued(request: RenderRequest, { intent, interpretation, plan: { bpm } }: Foundation) {
  return {
    interpretation,
    intent: {
      ...intent,
      tempo: { explicit: bpm, min: bpm, max: bpm, target: bpm },
      energy: request.intensity ?? intent.energy,
      duration: request.duration,
      loop: request.loop === true,
      structure: request.structure?.length ? request.structure : undefined,
      title: request.title ?? intent.title,
    },
  };
}
