import { AppError } from '@musicgen/error-codes';
import type { Access, RouteContract } from '@musicgen/platform-contracts';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ROUTE } from '../http/route.decorator';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import type { Authenticated } from './authenticated';

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
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Authenticated }>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const contract = this.reflector.get<RouteContract | undefined>(ROUTE, context.getHandler());
    // Without a contract: health, metrics and documents, which nobody is counted for.
    if (!contract) return true;
    if (contract.access === 'anonymous') {
      this.limits.takeAnonymous(request, reply, contract);
      return true;
    }
    if (request.headers['x-api-key'] !== undefined && request.headers.authorization !== undefined) throw bothGiven();
    await this.authenticate(context, request, reply);
    const who = request.user!;
    this.limits.takeOf(who.principal, reply);
    checkNow(who, request.ip);
    checkAccess(contract.access, who);
    return true;
  }

  override handleRequest<T>(error: unknown, who: T | false): T {
    if (error) throw error;
    if (!who) throw new AppError('AUTHENTICATION_REQUIRED');
    return who;
  }

  /** A request that fails here is its client address's. */
  private async authenticate(context: ExecutionContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      await super.canActivate(context);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) this.limits.takeAnonymous(request, reply);
      throw error;
    }
  }
}

const bothGiven = () =>
  new AppError('VALIDATION_FAILED', {
    details: 'X-API-Key and Authorization are both given; send one of them',
    data: { fields: [{ path: 'header:authorization', problem: 'must not come together with X-API-Key' }] },
  });

function checkNow({ expiresAt, isAllowedAddress, principal }: Authenticated, address: string): void {
  if (expiresAt !== null && expiresAt <= Date.now()) {
    throw new AppError(principal.method === 'api_key' ? 'API_KEY_EXPIRED' : 'INVALID_TOKEN');
  }
  if (isAllowedAddress && !isAllowedAddress(address)) throw new AppError('IP_NOT_ALLOWED');
}

function checkAccess(access: Access, { principal }: Authenticated): void {
  if (access === 'session' || access === 'admin') {
    const isPassword = principal.method === 'password';
    if (!isPassword) throw refused('This needs a session made by password');
    if (access === 'admin' && principal.role !== 'admin') throw refused('This needs the role admin');
    return;
  }
  if (access !== 'anonymous' && !principal.permissions.includes(access)) {
    throw refused(`This needs the permission ${access}`);
  }
}

const refused = (details: string) => new AppError('INSUFFICIENT_PERMISSIONS', { details });
