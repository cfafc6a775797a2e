import { AppError, invalidFields } from '@musicgen/error-codes';
import { EntityMetadataNotFoundError } from 'typeorm';

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
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|is not (yet )?established|Driver not Connected|Connection with .* database is not/i;

/** NUL, which JSON can hold and Postgres cannot. */
const notStorable = new Set(['22021', '22P05']);

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
  if (notStorable.has(postgresCode(thrown))) {
    return invalidFields([{ path: 'body', problem: 'holds a character that cannot be stored' }], thrown);
  }
  return new AppError('INTERNAL_ERROR', { cause: thrown });
}

export function isDatabaseAway(thrown: unknown): boolean {
  return (
    databaseAway.has(postgresCode(thrown)) ||
    databaseAwayText.test(String((thrown as Partial<Error> | null)?.message)) ||
    // TypeORM knows its entities once it has been connected for the first time.
    thrown instanceof EntityMetadataNotFoundError
  );
}

function postgresCode(thrown: unknown): string {
  const { code, driverError } = Object(thrown) as { code?: string; driverError?: { code?: string } };
  return driverError?.code ?? code ?? '';
}
