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

/** Takes something away from the credential. */
export const isRefusal = ({ state }: Verdict, before: ConnectionState): boolean =>
  state !== before && (state === 'invalid' || state === 'needs_reauthorization');

/** Why a refusal that nobody asked for changes nothing: it is the first, or the platform refuses many at once. */
export type Doubt = 'first' | 'storm';

/** What is stored of a verdict, for people. */
export const errorOf = ({ error }: Verdict, doubt: Doubt | null): string | null =>
  doubt === null ? error : `${error}. ${doubts[doubt]}`;

const doubts: Record<Doubt, string> = {
  first: 'The platform is asked again before this is believed.',
  storm: 'The platform says so of many at once, and is asked again before this is believed.',
};

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
