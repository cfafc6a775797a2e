import { AppError } from '@musicgen/error-codes';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport';
import type { Config } from '../config';
import { CookieSessionsService } from '../sessions/cookie-sessions.service';
import { readSessionCookie } from '../sessions/session-cookie';
import type { Authenticated } from './authenticated';
import { PrincipalsService } from './principals.service';

type Verify = (request: FastifyRequest, done: (error: unknown, who?: Authenticated | null) => void) => void;

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Passport's part: hands the request over. */
class SessionCookieStrategy extends Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate(request: unknown) {
    this.verify(request as FastifyRequest, (error, who) => {
      if (error) this.error(error);
      else if (who) this.success(who);
      else this.fail(401);
    });
  }
}

/** The dashboard's `session` cookie, where no other credential comes with the request. */
@Injectable()
export class CookieStrategy extends PassportStrategy(SessionCookieStrategy, 'cookie') {
  private readonly origin: string;

  constructor(
    private readonly cookies: CookieSessionsService,
    private readonly principals: PrincipalsService,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.origin = new URL(config.publicUrl).origin;
  }

  /** Null: no cookie of ours. Throws INVALID_TOKEN, and INSUFFICIENT_PERMISSIONS for what another site's page has sent. */
  async validate({ headers, method }: FastifyRequest): Promise<Authenticated | null> {
    const secret = readSessionCookie(headers.cookie);
    if (secret === null) return null;
    if (!safeMethods.has(method) && headers.origin !== this.origin) {
      const details = `With the cookie, ${method} needs the header Origin: ${this.origin}`;
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details });
    }
    return this.principals.ofSession(await this.cookies.sessionOf(secret));
  }
}
