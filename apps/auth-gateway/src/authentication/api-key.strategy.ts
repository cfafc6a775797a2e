import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport';
import type { Authenticated } from './authenticated';
import { PrincipalsService } from './principals.service';

type Verify = (key: string, done: (error: unknown, who?: Authenticated) => void) => void;

/** Passport's part: takes the key from its header. */
class HeaderKeyStrategy extends Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate(request: unknown) {
    const { headers } = request as FastifyRequest;
    const key = headers['x-api-key'];
    if (key === undefined) return this.fail(401);
    this.verify(String(key), (error, who) => (error ? this.error(error) : this.success(who!)));
  }
}

/** `X-API-Key: sk_…` */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(HeaderKeyStrategy, 'api-key') {
  constructor(private readonly principals: PrincipalsService) {
    super();
  }

  validate(key: string): Promise<Authenticated> {
    return this.principals.ofKey(key);
  }
}
