import { AppError } from '@musicgen/error-codes';
import { loginRoute, logoutRoute, refreshRoute, registerRoute, type Mode } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { checkNow } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import type { Config } from '../config';
import { Route, type Input } from '../http/route.decorator';
import { UsersService } from '../users/users.service';
import { SessionsService, type OpenSession, type Origin } from './sessions.service';
import { TokenPairsService } from './token-pairs.service';

@Controller()
export class SessionsHttpController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: TokenPairsService,
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
    return this.tokens.issue(
      await this.sessions.begin(user.id, { mode: body.mode ?? 'live' }, originOf(request)),
      call,
    );
  }

  @Route(loginRoute)
  async login({ body, request, call }: Input<typeof loginRoute>) {
    const origin = originOf(request);
    const opened = 'api_key' in body ? await this.beginByKey(body, origin) : await this.beginByPassword(body, origin);
    return this.tokens.issue(opened, call);
  }

  @Route(refreshRoute)
  async refresh({ body, request, call }: Input<typeof refreshRoute>) {
    return this.tokens.issue(await this.sessions.refresh(body.refresh_token, originOf(request), call), call);
  }

  @Route(logoutRoute)
  logout({ authenticated }: Input<typeof logoutRoute>) {
    return this.sessions.end(authenticated);
  }

  private async beginByPassword(
    { email, password, mode = 'live' }: { email: string; password: string; mode?: Mode },
    origin: Origin,
  ): Promise<OpenSession> {
    const user = await this.users.authenticate(email, password);
    return this.sessions.begin(user.id, { mode }, origin);
  }

  private async beginByKey(
    { api_key: key, mode }: { api_key: string; mode?: Mode },
    origin: Origin,
  ): Promise<OpenSession> {
    const who = await this.principals.ofKey(key);
    checkNow(who, origin.address);
    const { user_id: userId, key_id: keyId, mode: keyMode } = who.principal;
    if (mode && mode !== keyMode) {
      const problem = `must be ${keyMode}, the key's mode`;
      throw new AppError('VALIDATION_FAILED', {
        details: `mode: ${problem}`,
        data: { fields: [{ path: 'mode', problem }] },
      });
    }
    return this.sessions.begin(userId, { mode: keyMode, keyId }, origin);
  }
}

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip,
  device: request.headers['user-agent'] ?? null,
});
