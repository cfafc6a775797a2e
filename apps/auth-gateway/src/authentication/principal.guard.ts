import { AppError } from '@musicgen/error-codes';
import type { Access, RouteContract } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { responseOf } from '../http/gateway-response';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { AccessTokensService, TokenExpired } from '../tokens/access-tokens.service';
import { ApiKeyStrategy } from './api-key.strategy';
import { checkNow, type Authenticated } from './authenticated';
import { CookieStrategy } from './cookie.strategy';
import { bearerTokenOf, JwtStrategy } from './jwt.strategy';
import { PrincipalsService } from './principals.service';

type Strategy = ApiKeyStrategy | JwtStrategy | CookieStrategy;
type Request = FastifyRequest & { user?: Authenticated };

/** The one guard: who asks (passport), whether he may (the route's contract), and how often. */
@Injectable()
export class PrincipalGuard {
  constructor(
    private readonly limits: RateLimitsService,
    private readonly principals: PrincipalsService,
    private readonly tokens: AccessTokensService,
    private readonly apiKey: ApiKeyStrategy,
    private readonly jwt: JwtStrategy,
    private readonly cookie: CookieStrategy,
  ) {}

  /** At once for who is known, later for who must be looked up. Throws what the request is refused with. */
  admit(contract: RouteContract, request: Request, reply: FastifyReply): Promise<void> | undefined {
    if (contract.counted === 'never') {
      responseOf(reply).limits = this.limits.show(request.ip);
      return undefined;
    }
    if (hasBoth(request)) return this.refuse(bothGiven(), request, reply);
    if (contract.access === 'anonymous') {
      if (contract.counted === 'by-handler') return void this.limits.attempt(request, reply);
      return this.limits.takeAnonymous(request, reply);
    }
    let known: Authenticated | undefined;
    try {
      known = this.known(request);
      if (known) checkNow(known, request.ip);
    } catch (error) {
      return this.refuse(error, request, reply);
    }
    return known
      ? this.pass(known, contract.access, request, reply)
      : this.admitUnknown(contract.access, request, reply);
  }

  /** Whom the credentials stand for, if that is in memory. */
  private known({ headers }: Request): Authenticated | undefined {
    const key = headers['x-api-key'];
    if (key !== undefined) return this.principals.knownKey(key as string);
    const token = bearerTokenOf(headers.authorization);
    const sessionId = token && this.tokens.knownSessionOf(token);
    return sessionId ? this.principals.knownSession(sessionId) : undefined;
  }

  private async admitUnknown(access: Access, request: Request, reply: FastifyReply): Promise<void> {
    let who: Authenticated;
    try {
      who = await this.lookUp(request, reply);
    } catch (error) {
      const user = error instanceof TokenExpired && (await this.userOf(error));
      if (!user) return this.refuse(error, request, reply);
      await this.limits.takeOf(user.principal, reply);
      throw error;
    }
    await this.pass(who, access, request, reply);
  }

  private pass(who: Authenticated, access: Access, request: Request, reply: FastifyReply): Promise<void> | undefined {
    request.user = who;
    if (who.rotation) reply.headers(who.rotation);
    const waiting = this.limits.takeOf(who.principal, reply);
    if (waiting) return waiting.then(() => checkAccess(access, who.principal));
    checkAccess(access, who.principal);
  }

  private async lookUp(request: Request, reply: FastifyReply): Promise<Authenticated> {
    const strategy = this.strategyOf(request);
    this.limits.attempt(request, reply);
    try {
      const who = await attempt(strategy, request);
      checkNow(who, request.ip);
      this.limits.proved(request);
      return who;
    } catch (error) {
      if (!isRefusal(error)) this.limits.proved(request);
      throw error;
    }
  }

  private strategyOf({ headers }: Request): Strategy {
    if (headers['x-api-key'] !== undefined) return this.apiKey;
    if (headers.authorization !== undefined) return this.jwt;
    // A cookie beside them is ignored.
    if (headers.cookie !== undefined) return this.cookie;
    throw noCredentials;
  }

  /** A request that fails here is its client address's; nobody spends another's limit with a key he may not use. */
  private refuse(error: unknown, request: Request, reply: FastifyReply): Promise<void> | undefined {
    const waiting = isRefusal(error) && !responseOf(reply).limits && this.limits.takeAnonymous(request, reply);
    if (!waiting) throw error;
    return waiting.then(
      () => Promise.reject(error as Error),
      // Whoever cannot be counted is refused all the same, for the first reason.
      (limited) => Promise.reject(isRefusal(limited) ? (limited as Error) : (error as Error)),
    );
  }

  /** Whose session an expired token is of; nobody's, if that is over too. */
  private userOf({ sessionId }: TokenExpired): Promise<Authenticated | null> {
    return this.principals.ofSession(sessionId).catch(() => null);
  }
}

/**
 * One attempt by a passport strategy, as passport itself makes it. Passport's middleware, which would try each strategy in
 * turn and gives every request methods of sessions, takes a third of the time of a whole request.
 */
const attempt = (strategy: Strategy, request: Request) =>
  new Promise<Authenticated>((success, error) => {
    const fail = () => error(noCredentials);
    Object.assign(Object.create(strategy) as typeof strategy, { success, error, fail }).authenticate(request);
  });

const isRefusal = (error: unknown) => error instanceof AppError && error.status < 500;

const hasBoth = ({ headers }: FastifyRequest) =>
  headers['x-api-key'] !== undefined && headers.authorization !== undefined;

const noCredentials = new AppError('AUTHENTICATION_REQUIRED');

const bothGiven = () =>
  new AppError('VALIDATION_FAILED', {
    details: 'X-API-Key and Authorization are both given; send one of them',
    data: { fields: [{ path: 'header:authorization', problem: 'must not come together with X-API-Key' }] },
  });

function checkAccess(access: Access, { method, role, permissions }: Authenticated['principal']): void {
  if (access === 'anonymous') return;
  if (access === 'session' || access === 'admin') {
    if (method !== 'password' && method !== 'cookie') throw refused('This needs a session made by password');
    if (access === 'admin' && role !== 'admin') throw refused('This needs the role admin');
  } else if (!permissions.includes(access)) {
    throw refused(`This needs the permission ${access}`);
  }
}

const refused = (details: string) => new AppError('INSUFFICIENT_PERMISSIONS', { details });
