import { AppError } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport';
import { AccessTokensService } from '../tokens/access-tokens.service';
import type { Authenticated } from './authenticated';
import { PrincipalsService } from './principals.service';

type Verify = (token: string, done: (error: unknown, who?: Authenticated) => void) => void;

export function bearerTokenOf(authorization: string | undefined): string | undefined {
  // As everybody writes it; a token with a space in it is none, and found out to be so.
  if (authorization?.startsWith('Bearer ey')) return authorization.slice(7);
  return authorization && /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

/** Passport's part: takes the token from its header (RFC 6750, 2.1). */
class BearerStrategy extends Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate(request: unknown) {
    const { headers } = request as FastifyRequest;
    const authorization = headers.authorization;
    if (authorization === undefined) return this.fail(401);
    const token = bearerTokenOf(authorization);
    if (!token) return this.error(new AppError('INVALID_TOKEN', { details: 'Authorization is not "Bearer <token>"' }));
    this.verify(token, (error, who) => (error ? this.error(error) : this.success(who!)));
  }
}

/** `Authorization: Bearer <jwt>` */
@Injectable()
export class JwtStrategy extends PassportStrategy(BearerStrategy, 'jwt') {
  constructor(
    private readonly tokens: AccessTokensService,
    private readonly principals: PrincipalsService,
  ) {
    super();
  }

  async validate(token: string): Promise<Authenticated> {
    return this.principals.ofSession(await this.tokens.sessionOf(token));
  }
}
