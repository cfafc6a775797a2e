import { AppError } from '@musicgen/error-codes';
import type { Access, RouteContract } from '@musicgen/platform-contracts';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ROUTE } from '../http/route.decorator';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { checkNow, type Authenticated } from './authenticated';

/** Read by machines over and over, before they have credentials. */
const uncounted = new Set(['jwks']);

/** The one guard: who asks (passport), whether he may (the route's contract), and how often. */
@Injectable()
export class PrincipalGuard extends AuthGuard(['api-key', 'jwt']) {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimitsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const contract = this.reflector.get<RouteContract | undefined>(ROUTE, context.getHandler());
    // Without a contract: health, metrics and documents, which nobody is counted for.
    if (!contract || uncounted.has(contract.name)) {
      reply.headers(this.limits.ofAddress(request.ip, false));
      return true;
    }
    if (contract.access === 'anonymous' || hasBoth(request)) this.limits.takeAnonymous(request, reply);
    if (hasBoth(request)) throw bothGiven();
    if (contract.access === 'anonymous') return true;
    const { principal } = await this.authenticate(context, request, reply);
    this.limits.takeOf(principal, reply);
    checkAccess(contract.access, principal);
    return true;
  }

  override handleRequest<T>(error: unknown, who: T | false): T {
    if (error) throw error;
    if (!who) throw new AppError('AUTHENTICATION_REQUIRED');
    return who;
  }

  /** A request that fails here is its client address's; nobody spends another's limit with a key he may not use. */
  private async authenticate(context: ExecutionContext, request: FastifyRequest, reply: FastifyReply) {
    try {
      await super.canActivate(context);
      const who = (request as FastifyRequest & { user: Authenticated }).user;
      checkNow(who, request.ip);
      return who;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) this.limits.takeAnonymous(request, reply);
      throw error;
    }
  }
}

const hasBoth = ({ headers }: FastifyRequest) =>
  headers['x-api-key'] !== undefined && headers.authorization !== undefined;

const bothGiven = () =>
  new AppError('VALIDATION_FAILED', {
    details: 'X-API-Key and Authorization are both given; send one of them',
    data: { fields: [{ path: 'header:authorization', problem: 'must not come together with X-API-Key' }] },
  });

function checkAccess(access: Access, { method, role, permissions }: Authenticated['principal']): void {
  if (access === 'anonymous') return;
  if (access === 'session' || access === 'admin') {
    if (method !== 'password') throw refused('This needs a session made by password');
    if (access === 'admin' && role !== 'admin') throw refused('This needs the role admin');
  } else if (!permissions.includes(access)) {
    throw refused(`This needs the permission ${access}`);
  }
}

const refused = (details: string) => new AppError('INSUFFICIENT_PERMISSIONS', { details });
