import { AppError, type PlatformErrorCode } from '@musicgen/error-codes';
import {
  explainAnswer,
  explanation,
  type Explanation,
  type PlatformDefinition,
  type Reason,
} from '@musicgen/platform-contracts';
import type { UpstreamAnswer } from '@musicgen/service-kit';

interface Refusal extends Explanation {
  upstream_status?: number;
  retryAfterSeconds?: number;
  /** The platform may have done what was asked all the same: a code or a rotating token may be spent. */
  mayHaveBeenDone: boolean;
}

const codes: Partial<Record<Reason, PlatformErrorCode>> = {
  missing_field: 'CREDENTIAL_INVALID',
  malformed_field: 'CREDENTIAL_INVALID',
  invalid_client: 'CREDENTIAL_INVALID',
  invalid_api_key: 'CREDENTIAL_INVALID',
  token_expired: 'REAUTHORIZATION_REQUIRED',
  token_revoked: 'REAUTHORIZATION_REQUIRED',
  reauth_required: 'REAUTHORIZATION_REQUIRED',
  api_key_restricted: 'UPSTREAM_FORBIDDEN',
  api_not_enabled: 'UPSTREAM_FORBIDDEN',
  insufficient_scope: 'UPSTREAM_FORBIDDEN',
  forbidden: 'UPSTREAM_FORBIDDEN',
  no_subscription: 'UPSTREAM_FORBIDDEN',
  account_problem: 'UPSTREAM_FORBIDDEN',
  region_unavailable: 'UPSTREAM_FORBIDDEN',
  quota_exceeded: 'UPSTREAM_RATE_LIMITED',
  rate_limited: 'UPSTREAM_RATE_LIMITED',
  upstream_unavailable: 'UPSTREAM_UNAVAILABLE',
  network_error: 'UPSTREAM_UNAVAILABLE',
  timeout: 'UPSTREAM_TIMEOUT',
};

/** What each reason is to our callers. */
export const codeOf = (reason: Reason): PlatformErrorCode => codes[reason] ?? 'UPSTREAM_ERROR';

/** A platform did not do what was asked, or did not say so. Never holds a word of the platform's own text. */
export class PlatformRefused extends Error {
  override name = 'PlatformRefused';

  constructor(
    readonly platform: string,
    readonly refusal: Readonly<Refusal>,
    cause?: unknown,
  ) {
    super(`${platform}: ${refusal.reason}`, cause === undefined ? undefined : { cause });
  }

  /** The platform answered, and with something else than what was asked for. */
  static answered(platform: PlatformDefinition, part: string, answer: UpstreamAnswer): PlatformRefused {
    const isUnusable = answer.status < 300;
    const explained = explainAnswer(platform, part, { ...answer, isUnusable });
    return new PlatformRefused(platform.id, {
      ...explained,
      upstream_status: answer.status,
      retryAfterSeconds: retryAfterSeconds(answer.headers),
      mayHaveBeenDone: answer.status >= 500 || (isUnusable && explained.reason === 'upstream_unexpected'),
    });
  }

  /** There was no whole answer: what the kit's upstream throws. Other errors come back as they are. */
  static unanswered(platform: PlatformDefinition, error: unknown): unknown {
    const data = error instanceof AppError ? (error.data as { reason?: Reason } | undefined) : undefined;
    if (!data?.reason) return error;
    return new PlatformRefused(platform.id, { ...explanation(data.reason), mayHaveBeenDone: true }, error);
  }

  /** What our own caller is told. */
  toAppError(): AppError {
    const { reason, message, remedy, upstream_status, upstream_code, retryAfterSeconds } = this.refusal;
    return new AppError(codeOf(reason), {
      details: message,
      data: { platform: this.platform, reason, remedy, upstream_status, upstream_code },
      retryAfterSeconds,
      cause: this,
    });
  }
}

/** RFC 9110, 10.2.3: seconds or a date. Text that is neither says nothing. */
export function retryAfterSeconds(headers: Headers, now = Date.now()): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  // HTTP dates begin with the day; Date.parse makes something of almost anything.
  const seconds = /^[A-Z][a-z]{2}/.test(text) ? (Date.parse(text) - now) / 1000 : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds));
}
