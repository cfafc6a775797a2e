import type { AppError } from './app-error';
import { ERRORS, type ErrorCode } from './codes';

/** The body of every answer that is not a success. */
export interface PublicError {
  error: {
    code: ErrorCode;
    message: string;
    request_id: string;
    /** A sentence for people, always there. */
    details: string;
    data?: object;
  };
}

/** Makes the public body of an error; its status is `ERRORS[error.code].status`. */
export function publicError(error: AppError, requestId: string): PublicError {
  const { code, details, data } = error.toWire();
  return { error: { code, message: ERRORS[code].message, request_id: requestId, details, ...(data && { data }) } };
}
