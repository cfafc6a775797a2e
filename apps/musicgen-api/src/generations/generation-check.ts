import { AppError, invalidFields, type FieldProblem } from '@musicgen/error-codes';
import type { GenerationRequest, Mode, Tier, TierName } from '@musicgen/platform-contracts';
import type { ModelDescription } from '../engines/engine';

/** In test mode, seconds. */
const longestTestPiece = 30;

interface Limits {
  mode: Mode;
  tierName: TierName;
  tier: Tier;
}

/** The model that was asked for; an id that no engine knows is the caller's mistake. */
export function modelOf(models: ModelDescription[], id: string): ModelDescription {
  const model = models.find((description) => description.id === id);
  if (!model) throw invalidFields([{ path: 'model', problem: `must be one of ${models.map((m) => m.id).join(', ')}` }]);
  if (!model.available) {
    throw new AppError('MODEL_UNAVAILABLE', { details: model.unavailableReason, retryAfterSeconds: 60 });
  }
  return model;
}

/** What the model or the caller's tier does not allow. */
export function limitProblems(request: GenerationRequest, model: ModelDescription, limits: Limits): FieldProblem[] {
  const missing = (['stems', 'midi'] as const).filter((output) => request[output] && !model.outputs.includes(output));
  return [
    ...durationProblems(request.duration, model, limits),
    ...(request.check_originality ? [{ path: 'check_originality', problem: 'is not available yet' }] : []),
    ...missing.map((path) => ({ path, problem: `is not something that ${model.id} makes` })),
  ];
}

function durationProblems(duration: number, model: ModelDescription, { mode, tierName, tier }: Limits): FieldProblem[] {
  const bounds = [
    { seconds: tier.longest_piece, where: `in the tier ${tierName}` },
    { seconds: model.maxDurationSeconds, where: `with ${model.id}` },
    ...(mode === 'test' ? [{ seconds: longestTestPiece, where: 'in test mode' }] : []),
  ];
  const tightest = bounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  if (duration <= tightest.seconds) return [];
  return [{ path: 'duration', problem: `must be at most ${tightest.seconds} ${tightest.where}` }];
}
