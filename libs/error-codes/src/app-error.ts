import { ERRORS, isErrorCode, type ErrorCode } from './codes';
import type { ErrorData } from './error-data';

/** What may be said about one occurrence of an error, beyond its code. */
export interface AppErrorOptions<Code extends ErrorCode = ErrorCode> {
  /** A sentence for people about this one case; it leaves the system, so it holds no secret and no other owner's id. */
  details?: string;
  data?: ErrorData<Code>;
  /** What was thrown; for the log of this process, it travels nowhere. */
  cause?: unknown;
  /** Becomes `Retry-After`. */
  retryAfterSeconds?: number;
}

/** An error between services: what crosses NATS, and nothing else does. */
export interface WireError {
  code: ErrorCode;
  details: string;
  data?: object;
  retry_after?: number;
}

/** The one error our code throws. Its public sentence and status are looked up at the edge, by its code. */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: string;
  readonly data?: ErrorData<Code>;
  readonly retryAfterSeconds?: number;

  constructor(code: Code, { details, data, cause, retryAfterSeconds }: AppErrorOptions<Code> = {}) {
    const text = details || ERRORS[code].message;
    super(text, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = text;
    if (data !== undefined) this.data = data;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = Math.max(0, Math.ceil(retryAfterSeconds));
  }

  /** The HTTP status of the code; log levels follow it too. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** What another service may know. INTERNAL_ERROR says nothing of its own: what went wrong inside stays in the log. */
  toWire(): WireError {
    if (this.code === 'INTERNAL_ERROR') return { code: this.code, details: ERRORS.INTERNAL_ERROR.message };
    return {
      code: this.code,
      details: this.details,
      ...(this.data !== undefined && { data: this.data }),
      ...(this.retryAfterSeconds !== undefined && { retry_after: this.retryAfterSeconds }),
    };
  }

  /** Reads what another service sent. Never throws: what is not an error of the catalogue is an INTERNAL_ERROR. */
  static fromWire(wire: unknown): AppError {
    if (!isRecord(wire) || !isErrorCode(wire['code'])) return new AppError('INTERNAL_ERROR', { cause: wire });
    const { code, details, data, retry_after: seconds } = wire;
    return new AppError<ErrorCode>(code, {
      details: typeof details === 'string' ? details : undefined,
      data: readData(code, data),
      retryAfterSeconds: typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined,
    });
  }
}

/** Only data of a known shape passes, so that whoever reads `data` by its type can trust it. */
function readData(code: ErrorCode, data: unknown): ErrorData<ErrorCode> {
  if (!isRecord(data)) return undefined;
  const isReadable = code === 'VALIDATION_FAILED' ? isFieldList(data['fields']) : typeof data['platform'] === 'string';
  return isReadable ? (data as unknown as ErrorData<ErrorCode>) : undefined;
}

function isFieldList(value: unknown): boolean {
  const isField = (field: unknown) =>
    isRecord(field) && typeof field['path'] === 'string' && typeof field['problem'] === 'string';
  return Array.isArray(value) && value.every(isField);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
