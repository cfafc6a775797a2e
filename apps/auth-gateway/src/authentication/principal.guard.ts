import { AppError } from '@musicgen/error-codes';
import type { Access, RouteContract } from '@musicgen/platform-contracts';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ROUTE } from '../http/route.decorator';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { ApiKeyStrategy } from './api-key.strategy';
import { checkNow, type Authenticated } from './authenticated';
import { JwtStrategy } from './jwt.strategy';

/** Read by machines over and over, before they have credentials. */
const uncounted = new Set(['jwks']);

type Request = FastifyRequest & { user?: Authenticated };

/** The one guard: who asks (passport), whether he may (the route's contract), and how often. */
@Injectable()
export class PrincipalGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimitsService,
    private readonly apiKey: ApiKeyStrategy,
    private readonly jwt: JwtStrategy,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
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
    const { principal } = await this.authenticate(request, reply);
    this.limits.takeOf(principal, reply);
    checkAccess(contract.access, principal);
    return true;
  }

  /** A request that fails here is its client address's; nobody spends another's limit with a key he may not use. */
  private async authenticate(request: Request, reply: FastifyReply): Promise<Authenticated> {
    try {
      const strategy = request.headers['x-api-key'] === undefined ? this.jwt : this.apiKey;
      const who = await attempt(strategy, request);
      checkNow(who, request.ip);
      return (request.user = who);
    } catch (error) {
      if (error instanceof AppError && error.status < 500) this.limits.takeAnonymous(request, reply);
      throw error;
    }
  }
}

/**
 * One attempt by a passport strategy, as passport itself makes it. Passport's middleware, which would try each strategy in
 * turn and gives every request methods of sessions, takes a third of the time of a whole request.
 */
const attempt = (strategy: ApiKeyStrategy | JwtStrategy, request: Request) =>
  new Promise<Authenticated>((success, error) => {
    const fail = () => error(new AppError('AUTHENTICATION_REQUIRED'));
    Object.assign(Object.create(strategy) as typeof strategy, { success, error, fail }).authenticate(request);
  });

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
