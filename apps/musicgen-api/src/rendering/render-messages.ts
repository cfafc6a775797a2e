import type { EngineSettings } from '../engines/registry';
import type { ModelDescription, PreviewPiece, RenderProgress, RenderRequest, RenderResult } from '../engines/engine';

/** What a render process is started with, as JSON in its first argument. */
export type RenderSettings = EngineSettings;

/** What the service tells a render process. */
export type ToRenderProcess = { type: 'render'; request: RenderRequest; folder: string } | { type: 'cancel' };

/** What a render process tells the service. One render at a time; each ends in `done` or `failed`. */
export type FromRenderProcess =
  | { type: 'ready'; models: ModelDescription[] }
  | { type: 'progress'; progress: RenderProgress }
  | { type: 'preview'; piece: PreviewPiece }
  | { type: 'done'; result: RenderResult }
  | { type: 'failed'; problem: string };
