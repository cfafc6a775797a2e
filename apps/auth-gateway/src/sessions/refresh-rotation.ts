const DAY_MS = 86_400_000;

export const REFRESH_GRACE_MS = 60_000;
export const REFRESH_IDLE_MS = 30 * DAY_MS;
export const REFRESH_ABSOLUTE_MS = 90 * DAY_MS;

/** The family's one row. Times are milliseconds of the database's clock, the one clock all replicas share. */
export interface RefreshFamily {
  currentN: number;
  /** When currentN was first presented; null: never yet. */
  presentedAt: number | null;
  createdAt: number;
  lastUsedAt: number;
}

export type RefreshDecision =
  /** Answer token `answerN` and store the row; `advance` moved it, `reissue` repeats an answer that was given before. */
  | { kind: 'advance' | 'reissue'; answerN: number; row: RefreshFamily }
  /** An older token came back: end the session and log it. */
  | { kind: 'reuse'; presentedN: number; currentN: number }
  | { kind: 'expired'; reason: 'idle' | 'absolute' }
  /** Genuine, but ahead of the row: the database was restored from a backup. Refuse it. */
  | { kind: 'unissued' };

export function startRefreshFamily(now: number): RefreshFamily {
  return { currentN: 0, presentedAt: null, createdAt: now, lastUsedAt: now };
}

/**
 * Rotation confirmed by use (RFC 9700, 4.14.2): a token is replaced when its successor is used, not when the successor is
 * sent. So a client that lost the answer, and one that keeps its first token for ever, go on with what they have.
 */
export function presentRefreshToken(row: RefreshFamily, n: number, now: number): RefreshDecision {
  if (now - row.createdAt >= REFRESH_ABSOLUTE_MS) return { kind: 'expired', reason: 'absolute' };
  if (now - row.lastUsedAt >= REFRESH_IDLE_MS) return { kind: 'expired', reason: 'idle' };
  const { currentN, presentedAt } = row;
  const used = { ...row, lastUsedAt: now };
  if (n === currentN) {
    const kind = presentedAt === null ? 'advance' : 'reissue';
    return { kind, answerN: n + 1, row: { ...used, presentedAt: presentedAt ?? now } };
  }
  if (n > currentN) {
    if (n > currentN + 1 || presentedAt === null) return { kind: 'unissued' };
    return { kind: 'advance', answerN: n + 1, row: { ...used, currentN: n, presentedAt: now } };
  }
  // A lost answer or a second tab: the token the family is at is given again, no fork arises.
  if (n === currentN - 1 && presentedAt !== null && now - presentedAt <= REFRESH_GRACE_MS)
    return { kind: 'reissue', answerN: currentN, row: used };
  return { kind: 'reuse', presentedN: n, currentN };
}
