import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { responseOf } from './gateway-response';

/**
 * Pages of these origins may call the API with a key or a token. Never with the cookie: that is for our own pages, and
 * is not sent by others'. Without any origin no answer has a header of CORS.
 */
export function allowOrigins(app: NestFastifyApplication, origins: string[]): void {
  if (origins.length === 0) return;
  const limits = app.get(RateLimitsService);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  // The question before a request is answered here, and is not counted.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'OPTIONS') responseOf(reply).limits = limits.show(request.ip);
    done();
  });
  app.enableCors({
    origin: origins,
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      ...['Authorization', 'X-API-Key', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
      ...['If-None-Match', 'If-Range', 'Range', 'Last-Event-ID'],
    ],
    exposedHeaders: [
      ...['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate'],
      ...['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
      ...[
        'Idempotent-Replayed',
        'Deprecation',
        'Sunset',
        'ETag',
        'Accept-Ranges',
        'Content-Range',
        'Content-Disposition',
      ],
    ],
    maxAge: 600,
  });
}
