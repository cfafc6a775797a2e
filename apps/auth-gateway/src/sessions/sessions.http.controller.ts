import { AppError } from '@musicgen/error-codes';
import { loginRoute, logoutRoute, refreshRoute, registerRoute } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PrincipalsService } from '../authentication/principals.service';
import type { Config } from '../config';
import { Route, type Input } from '../http/route.decorator';
import { UsersService } from '../users/users.service';
import { SessionsService } from './sessions.service';

@Controller()
export class SessionsHttpController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly principals: PrincipalsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(registerRoute)
  async register({ body, request, call }: Input<typeof registerRoute>) {
    if (this.config.registration === 'closed') {
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details: 'Registration is closed on this installation' });
    }
    const user = await this.users.register(body);
    return this.sessions.begin(user, { mode: body.mode ?? 'live' }, originOf(request), call);
  }

  @Route(loginRoute)
  async login({ body, request, call }: Input<typeof loginRoute>) {
    if ('api_key' in body) return this.loginByKey(body, request, call);
    const user = await this.users.authenticate(body.email, body.password);
    return this.sessions.begin(user, { mode: body.mode ?? 'live' }, originOf(request), call);
  }

  @Route(refreshRoute)
  refresh({ body, call }: Input<typeof refreshRoute>) {
    return this.sessions.refresh(body.refresh_token, call);
  }

  @Route(logoutRoute)
  logout({ authenticated }: Input<typeof logoutRoute>) {
    return this.sessions.end(authenticated);
  }

  private async loginByKey(
    { api_key: key, mode }: { api_key: string; mode?: 'live' | 'test' },
    request: FastifyRequest,
    call: Input<typeof loginRoute>['call'],
  ) {
    const { principal, isAllowedAddress } = await this.principals.ofKey(key);
    if (isAllowedAddress && !isAllowedAddress(request.ip)) throw new AppError('IP_NOT_ALLOWED');
    if (mode && mode !== principal.mode) {
      const problem = `must be ${principal.mode}, the key's mode`;
      throw new AppError('VALIDATION_FAILED', {
        details: `mode: ${problem}`,
        data: { fields: [{ path: 'mode', problem }] },
      });
    }
    const user = await this.users.get(principal.user_id);
    return this.sessions.begin(user, { mode: principal.mode, keyId: principal.key_id }, originOf(request), call);
  }
}

const originOf = (request: FastifyRequest) => ({
  address: request.ip,
  device: request.headers['user-agent'] ?? null,
});
