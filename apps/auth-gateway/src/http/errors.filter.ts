import { AppError, publicError, type ErrorCode } from '@musicgen/error-codes';
import { asAppError, type Logger } from '@musicgen/service-kit';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What the web framework itself refuses, in our words. */
const frameworkCodes: Record<number, ErrorCode> = {
  400: 'VALIDATION_FAILED',
  404: 'NOT_FOUND',
  405: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Every error leaves in one format, with the status of its code. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost) {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = readable(thrown);
    // A 5xx of a service is in that service's log with its cause; here is the cause of our own.
    if (error.status >= 500) this.logger.error({ err: error, request_id: request.id }, error.code);
    if (reply.sent) return;
    if (error.retryAfterSeconds !== undefined && (error.status === 429 || error.status === 503)) {
      reply.header('retry-after', String(error.retryAfterSeconds));
    }
    if (error.status === 401) reply.header('www-authenticate', challenge(error));
    void reply.status(error.status).type('application/json; charset=utf-8').send(publicError(error, request.id));
  }
}

function readable(thrown: unknown): AppError {
  if (!(thrown instanceof HttpException)) return withRetryAfter(asAppError(thrown));
  const code = frameworkCodes[thrown.getStatus()];
  return code ? new AppError(code, { cause: thrown }) : new AppError('INTERNAL_ERROR', { cause: thrown });
}

/** A 503 always says when to come again. */
function withRetryAfter(error: AppError): AppError {
  if (error.status !== 503 || error.retryAfterSeconds !== undefined) return error;
  const { code, details, data, cause } = error;
  return new AppError(code, { details, data, cause, retryAfterSeconds: 1 });
}

/** RFC 6750, section 3: no error code where no credentials were sent. */
function challenge(error: AppError): string {
  if (error.code === 'AUTHENTICATION_REQUIRED') return 'Bearer';
  return `Bearer error="invalid_token", error_description="${error.details.replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`;
}
