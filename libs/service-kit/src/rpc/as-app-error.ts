import { AppError } from '@musicgen/error-codes';

/** Postgres is away, starting, stopping or full; or the pool had no connection in time. */
const databaseAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
  '25006',
]);
const databaseAwayText =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|is not (yet )?established|Driver not Connected|Connection with .* database is not/i;

/** Any thrown thing as an error of the catalogue; what is not one becomes INTERNAL_ERROR with the thing as its cause. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isDatabaseAway(thrown)) {
    return new AppError('SERVICE_UNAVAILABLE', {
      details: 'The database is not available',
      retryAfterSeconds: 1,
      cause: thrown,
    });
  }
  return new AppError('INTERNAL_ERROR', { cause: thrown });
}

export function isDatabaseAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code, driverError } = thrown as Error & { code?: string; driverError?: { code?: string } };
  return (
    databaseAway.has(code ?? '') || databaseAway.has(driverError?.code ?? '') || databaseAwayText.test(thrown.message)
  );
}
