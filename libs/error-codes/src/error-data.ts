import type { ErrorCode } from './codes';

/** One thing that is wrong with one field; `path` is as the caller wrote it, dots between the levels. */
export interface FieldProblem {
  path: string;
  problem: string;
}

/** What a program learns about a request that is not valid. */
export interface ValidationData {
  fields: FieldProblem[];
}

/** What a program learns about a failure at a platform. Never holds the platform's text, a secret or a token. */
export interface PlatformFailureData {
  platform: string;
  upstream_status?: number;
  /** The platform's own code as text, numbers too. */
  upstream_code?: string;
  /** Why, as one of the reasons credentials are validated with, for example `insufficient_scope`. */
  reason?: string;
  /** What the owner of the credential should do about it. */
  remedy?: string;
}

/** The codes that are about a platform or about a credential for one. */
export type PlatformErrorCode =
  | Extract<ErrorCode, `UPSTREAM_${string}`>
  | 'NO_ACTIVE_CREDENTIAL'
  | 'REAUTHORIZATION_REQUIRED'
  | 'CREDENTIAL_INVALID'
  | 'TOKEN_REFRESH_FAILED';

/** The data each code may carry; a code that is not named here carries none. */
export type ErrorData<Code extends ErrorCode> = Code extends 'VALIDATION_FAILED'
  ? ValidationData
  : Code extends PlatformErrorCode
    ? PlatformFailureData
    : undefined;
