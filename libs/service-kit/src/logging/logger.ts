import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { redactedPaths, redactText } from './redact';

export type { Logger };

/** A service's log: one JSON object a line on standard output, secrets redacted by path and by pattern. */
export const createLogger = (service: string, level: string, destination?: pino.DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      hooks: { streamWrite: redactText },
    },
    destination ?? pino.destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 100 }),
  );

/** Not the error's other properties: a failed query's hold its parameters, an HTTP client's the request with its headers. */
function describe(error: unknown) {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return { type, code, message, stack };
}

/** Nest's own messages, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string) {
    this.logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string) {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string) {
    const err = message instanceof Error ? message : undefined;
    this.logger.error({ context, err, stack: err ? undefined : stack }, err?.message ?? String(message));
  }
}
