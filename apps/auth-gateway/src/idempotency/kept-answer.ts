import { AppError, type ErrorCode } from '@musicgen/error-codes';

/** An answer as it is kept: what the handler gave, or the error that it threw. */
export type KeptAnswer =
  | { kind: 'success'; headers: Record<string, string>; body: unknown }
  | { kind: 'error'; code: ErrorCode; details: string; data?: unknown };

/** Who repeats these may well be let through, or do better, the next time. */
const notFinal = [401, 403, 409, 429];

/** Whether a repeat would end in the same refusal. */
export const isFinal = ({ status }: AppError): boolean => status >= 400 && status < 500 && !notFinal.includes(status);

export const keptError = ({ code, details, data }: AppError): KeptAnswer => ({ kind: 'error', code, details, data });

export const asError = ({ code, details, data }: Extract<KeptAnswer, { kind: 'error' }>): AppError =>
  new AppError(code, { details, data: data as never });
