import { REASONS, type ConnectionState, type Reason, type ValidationPart } from '@musicgen/platform-contracts';

/** One part, with what only the vault needs to know of it. */
export interface CheckedPart extends ValidationPart {
  retryAfterSeconds?: number;
  /** Costs quota, and was not asked for. */
  isLeftOut: boolean;
  /** Proves what a user has granted. */
  provesGrant: boolean;
  /** Proves something of the credential, not only that the platform can be reached. */
  provesCredential: boolean;
}

/** What all parts together say. */
export interface Verdict {
  valid: boolean;
  state: ConnectionState;
  /** For people; null when nothing is wrong. */
  error: string | null;
}

/** The platform said nothing about the credential, and will when asked later. */
export const isPassing = (reason: Reason): boolean => REASONS[reason].verdict === 'none' && reason !== 'unverifiable';

/** What a part's reason says: true, false, or nothing. */
export function isValid(reason: Reason): boolean | null {
  const { verdict } = REASONS[reason];
  return verdict === 'none' ? null : verdict === 'valid';
}

/** The part that says best what is wrong; undefined: nothing is. */
export const problemOf = (parts: readonly CheckedPart[]): CheckedPart | undefined =>
  parts.find(({ valid }) => valid === false) ?? parts.find(({ reason }) => isPassing(reason));

/** The worst part counts; trouble that passes changes nothing; and what was said before is only taken back by what was asked now. */
export function judge(parts: readonly CheckedPart[], before: ConnectionState): Verdict {
  const state = stateAfter(parts, before);
  const wrong = problemOf(parts);
  const isAsBefore = parts.some(({ reason }) => isPassing(reason)) && parts.every(({ valid }) => valid !== false);
  return {
    state,
    valid: isAsBefore ? before === 'valid' : parts.every(({ valid }) => valid !== false) && isProven(parts),
    error: wrong ? `${wrong.name}: ${wrong.message} (${wrong.reason})` : null,
  };
}

/** A platform that says unasked that a grant has ended is believed when it says so again. */
export const isDoubtful = (
  { state, error }: Verdict,
  before: { state: ConnectionState; validationError: string | null },
): boolean =>
  state === 'needs_reauthorization' && before.state !== 'needs_reauthorization' && before.validationError !== error;

function stateAfter(parts: readonly CheckedPart[], before: ConnectionState): ConnectionState {
  const verdicts = parts.map(({ reason }) => REASONS[reason].verdict);
  if (verdicts.includes('invalid')) return 'invalid';
  if (verdicts.includes('reauthorize')) return 'needs_reauthorization';
  if (parts.some(({ reason }) => isPassing(reason)) || !isProven(parts)) return before;
  if (before === 'invalid' && parts.some(({ isLeftOut }) => isLeftOut)) return before;
  // Whoever renews the grant knows better how that goes than a token which still works.
  if (before === 'refresh_failing') return before;
  const isGrantProven = parts.some(({ provesGrant, valid }) => provesGrant && valid);
  return before === 'needs_reauthorization' && !isGrantProven ? before : 'valid';
}

const isProven = (parts: readonly CheckedPart[]) => parts.some((part) => part.provesCredential && part.valid === true);
