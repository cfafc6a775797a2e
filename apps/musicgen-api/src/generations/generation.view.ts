import type { Generation as GenerationView } from '@musicgen/platform-contracts';
import type { Analysis, Interpretation } from '../engines/engine';
import { stateOf } from './generation-status';
import { progressView } from './generation-progress';
import type { Generation } from './generation.entity';

/** A generation as the wire shows it. */
export function viewOf(generation: Generation, queuePosition: number | null): GenerationView {
  const { interpretation, analysis, request, artefacts } = generation;
  return {
    ...summaryOf(generation),
    queue_position: queuePosition,
    poll_after_ms: pollAfterMs(generation, queuePosition),
    seed: generation.seed,
    request,
    interpretation: interpretation && interpretationView(interpretation),
    analysis: analysis && analysisView(analysis),
    engine_version: generation.engineVersion,
    bank_sha256: generation.bankSha256,
    usage: { generations: generation.quota === 'reserved' || generation.quota === 'spent' ? 1 : 0 },
    error: generation.error,
    metadata: generation.metadata,
    artefacts: artefacts.map(({ name, kind, format, bytes, sha256 }) => ({ name, kind, format, bytes, sha256 })),
    started_at: generation.startedAt?.toISOString() ?? null,
  };
}

/** A row of a list. */
export const summaryOf = (generation: Omit<Generation, 'artefacts'>) => ({
  id: generation.id,
  status: generation.status,
  state: stateOf(generation.status),
  progress: progressView(generation.progress),
  model: generation.model,
  prompt: generation.prompt,
  title: generation.title,
  duration: generation.duration,
  mode: generation.mode,
  created_at: generation.createdAt.toISOString(),
  finished_at: generation.finishedAt?.toISOString() ?? null,
});

const interpretationView = ({ timeSignature, ...rest }: Interpretation) => ({ ...rest, time_signature: timeSignature });

const analysisView = ({ timeSignature, sections, truePeak, durationSeconds, ...rest }: Analysis) => ({
  ...rest,
  time_signature: timeSignature,
  true_peak: truePeak,
  duration_seconds: durationSeconds,
  sections: sections.map(({ startSeconds, ...section }) => ({ ...section, start_seconds: startSeconds })),
});

/** Soon enough to be worth it, seldom enough that waiting costs little: about four looks at what is left. */
function pollAfterMs({ status, progress }: Generation, queuePosition: number | null): number | null {
  switch (stateOf(status)) {
    case 'done':
      return null;
    case 'pending':
      return clamp((queuePosition ?? 1) * 500, 500, 5_000);
    case 'active':
      return clamp((progress.etaMs ?? 0) / 4, 250, 2_000);
  }
}

const clamp = (ms: number, least: number, most: number) => Math.round(Math.min(most, Math.max(least, ms)));
