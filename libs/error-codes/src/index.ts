export { AppError, type AppErrorOptions, type WireError } from './app-error';
export { ERRORS, isErrorCode, type ErrorCode, type ErrorRow } from './codes';
export type { ErrorData, FieldProblem, PlatformErrorCode, PlatformFailureData, ValidationData } from './error-data';
export { errorsDocument } from './errors-document';
export { invalidFields } from './invalid-fields';
export { publicError, type PublicError } from './public-error';
