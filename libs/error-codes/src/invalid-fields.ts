import { AppError } from './app-error';
import type { FieldProblem } from './error-data';

/** The caller's mistake: VALIDATION_FAILED whose sentence and data name the same fields. */
export const invalidFields = (fields: FieldProblem[], cause?: unknown): AppError<'VALIDATION_FAILED'> =>
  new AppError('VALIDATION_FAILED', {
    details: fields.map(({ path, problem }) => `${path}: ${problem}`).join('; '),
    data: { fields },
    cause,
  });
