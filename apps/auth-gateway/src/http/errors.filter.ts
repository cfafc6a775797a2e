import { AppError, publicError, type ErrorCode } from '@musicgen/error-codes';
import type { RouteContract } from '@musicgen/platform-contracts';
import { asAppError, type Logger } from '@musicgen/service-kit';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusals } from '../audit/refusals.service';
import type { RateLimitsService } from '../rate-limits/rate-limits.service';
import { responseOf } from './gateway-response';
import { jsonBytesMax } from './json-body';

/** What the web framework itself refuses, in our words. */
const frameworkErrors: Record<number, { code: ErrorCode; details?: string }> = {
  400: { code: 'VALIDATION_FAILED', details: 'The body is shorter or longer than Content-Length says' },
  404: { code: 'NOT_FOUND' },
  413: { code: 'PAYLOAD_TOO_LARGE', details: `The body is larger than ${jsonBytesMax / 1024} KiB` },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', details: 'Content-Type is not a media type' },
};

/** Headers of the success that did not come. */
const ofSuccess = [
  'etag',
  'cache-control',
  'accept-ranges',
  'content-range',
  'content-disposition',
  'content-length',
  'location',
];

export const errorType = 'application/json; charset=utf-8';

const retryAfterSeconds: Partial<Record<number, number>> = { 429: 60, 503: 1 };

/** Every error leaves in one format, with the status of its code. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly limits: RateLimitsService,
    private readonly refusals: Refusals,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost) {
    const http = host.switchToHttp();
    return this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Settles by itself: what goes wrong here has nobody above it. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const error = readable(thrown);
    if (responseOf(reply).limits || error.status >= 500) return void this.send(error, request, reply);
    return this.count(error, request, reply).then((counted) => this.send(counted, request, reply));
  }

  /**
   * Refused before anybody was counted: an unknown route and a body that is too large are told as that to the end; where
   * the handler counts, a request that proved nothing is its client address's.
   */
  private async count(error: AppError, request: FastifyRequest, reply: FastifyReply): Promise<AppError> {
    const { contract } = request.routeOptions.config as { contract?: RouteContract };
    if (contract?.counted !== 'by-handler') {
      responseOf(reply).limits = await this.limits.count(request.ip);
      return error;
    }
    try {
      await this.limits.takeAnonymous(request, reply);
      return error;
    } catch (limited) {
      return readable(limited);
    }
  }

  private send(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
    // A 5xx of a service is in that service's log with its cause; here is the cause of our own.
    if (error.status >= 500) this.logger.error({ err: error, request_id: request.id }, error.code);
    this.refusals.request(error, request.ip);
    if (reply.sent || reply.raw.headersSent) return;
    for (const name of ofSuccess) if (reply.hasHeader(name)) reply.removeHeader(name);
    responseOf(reply).limits ||= this.limits.show(request.ip);
    // Every 429 and 503 says when to come again.
    const retryAfter = retryAfterSeconds[error.status];
    if (retryAfter !== undefined) reply.header('retry-after', String(error.retryAfterSeconds ?? retryAfter));
    if (error.status === 401) reply.header('www-authenticate', challenge(error));
    void reply.status(error.status).type(errorType).send(publicError(error, request.id));
  }
}

function readable(thrown: unknown): AppError {
  if (!(thrown instanceof HttpException)) return asAppError(thrown);
  const known = frameworkErrors[thrown.getStatus()];
  return new AppError(known?.code ?? 'INTERNAL_ERROR', { details: known?.details, cause: thrown });
}

/** RFC 6750, section 3: an error only where an access token was sent and refused. */
export function challenge({ code, details }: AppError): string {
  const realm = 'Bearer realm="musicgen"';
  if (code !== 'INVALID_TOKEN' && code !== 'TOKEN_EXPIRED') return realm;
  return `${realm}, error="invalid_token", error_description="${details.replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`;
}
