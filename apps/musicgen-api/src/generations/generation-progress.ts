import type { GenerationEvent, GenerationStatus } from '@musicgen/platform-contracts';
import type { RenderProgress } from '../engines/engine';
import { stateOf, statusesBefore } from './generation-status';
import type { Generation, GenerationError, Preview, Progress } from './generation.entity';

/** An event that has no number yet. */
export type NewEvent = Pick<GenerationEvent, 'type' | 'data'>;

/** How far a worker is. */
export interface Step {
  stage: RenderProgress['stage'];
  progress: Progress;
}

/** A piece of the preview that can be heard. */
export interface PreviewStep {
  index: number;
  /** From the beginning to the end of this piece. */
  seconds: number;
}

export const statusEvent = (status: GenerationStatus): NewEvent => ({
  type: 'status',
  data: { status, state: stateOf(status) },
});

/** How every generation ends, for those who follow it. */
export const endEvents = (status: GenerationStatus, error: GenerationError | null = null): NewEvent[] => [
  statusEvent(status),
  { type: 'done', data: { status, error } },
];

/** Progress as the wire shows it. */
export const progressView = ({ fraction, section, bar, bars, etaMs }: Progress) => ({
  fraction,
  section,
  bar,
  bars,
  eta_ms: etaMs,
});

/** What steps make of a generation. Status and progress each go forward only; what is behind is told to nobody. */
export function advanced({ status, progress }: Pick<Generation, 'status' | 'progress'>, steps: Step[]) {
  const events: NewEvent[] = [];
  for (const step of steps) {
    if (statusesBefore(step.stage).includes(status)) {
      status = step.stage;
      events.push(statusEvent(status));
    }
    if (step.progress.fraction < progress.fraction) continue;
    progress = step.progress;
    events.push({ type: 'progress', data: progressView(progress) });
  }
  return { status, progress, events };
}

/** What new pieces make of the preview of one start. A second is announced once, also if a later start plays it again. */
export function heard(preview: Preview | null, attempt: number, pieces: PreviewStep[]) {
  if (preview && preview.attempt > attempt) return { preview, events: [] };
  const announced = preview?.announced ?? 0;
  const count = pieces.at(-1)!.index + 1;
  const events = pieces
    .filter(({ index }) => index >= announced)
    .map(({ index, seconds }): NewEvent => ({ type: 'audio', data: { index, seconds } }));
  return { preview: { attempt, pieces: count, announced: Math.max(announced, count), isWhole: false }, events };
}
