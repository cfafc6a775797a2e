import type { DigitalSourceType } from '../audio/tags';
import { ComposerEngine } from './composer/composer.engine';
import { validateRequest } from './composer/validate-request';
import type { Engine, RenderRequest } from './engine';
import { problemsOf } from './transformers/describe-music';
import { TransformersEngine } from './transformers/transformers.engine';

/** What engines are made with. */
export interface EngineSettings {
  soundBank?: string;
  /** Where the optional packages of the engine `transformers` are installed. */
  transformersDir?: string;
  /** Where the folders with weights are. */
  modelsDir?: string;
}

/** One thing that an engine cannot do of what was asked; `path` is the request's field. */
export interface RequestProblem {
  path: string;
  problem: string;
}

/** An engine as the service sees it: how it is made in a render process, and what it says to a request beforehand. */
export interface EngineEntry {
  create(settings: EngineSettings): Engine;
  check(request: RenderRequest): RequestProblem[];
  /** What its music is, to those who must tell it from other music. */
  source: DigitalSourceType;
}

/** Every engine there is, by the name that its models give as their engine. */
export const engines: Record<string, EngineEntry> = {
  composer: {
    create: ({ soundBank }) => new ComposerEngine({ path: soundBank }),
    check: validateRequest,
    source: 'algorithmicMedia',
  },
  transformers: {
    create: (settings) => new TransformersEngine(settings),
    check: problemsOf,
    source: 'trainedAlgorithmicMedia',
  },
};
