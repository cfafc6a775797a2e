import { AppError } from '@musicgen/error-codes';
import { Controller, Get, Headers, Inject, Ip, Res } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceConfig } from '../config/service-config';
import { metrics } from '../metrics/metrics';
import { CONFIG } from '../tokens';
import { Health } from './health';

const digest = (text: string) => createHash('sha256').update(text).digest();
const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address);

/** `/health/live`, `/health/ready`, `/metrics`: for orchestrators, on every service. */
@Controller()
export class HealthHttpController {
  constructor(
    private readonly terminus: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly health: Health,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const result = await this.terminus
      .check(this.health.indicators(this.indicator))
      .catch((error: { getResponse(): HealthCheckResult }) => error.getResponse());
    reply.status(result.status === 'ok' ? 200 : 503);
    return result;
  }

  @Get('metrics')
  async metrics(
    @Ip() address: string,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    // Behind a reverse proxy on the same machine every caller's address is a loopback one.
    const isLocal = isLoopback(address) && !headers['x-forwarded-for'] && !headers.forwarded;
    if (!isLocal && !this.isAllowed(headers.authorization)) throw new AppError('NOT_FOUND');
    reply.header('content-type', metrics.contentType);
    return metrics.metrics();
  }

  private isAllowed(authorization: string | undefined): boolean {
    const { metricsToken } = this.config;
    return !!metricsToken && timingSafeEqual(digest(`Bearer ${metricsToken}`), digest(authorization ?? ''));
  }
}
