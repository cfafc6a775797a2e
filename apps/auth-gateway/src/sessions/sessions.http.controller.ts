import { AppError } from '@musicgen/error-codes';
import { changeModeRoute, loginRoute, refreshRoute, registerRoute, type BodyOf } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../audit/actor';
import type { Config } from '../config';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { LoginsService } from '../users/logins.service';
import { setSessionCookie } from './session-cookie';
import { SessionsService, type OpenSession, type Origin } from './sessions.service';
import { TokenPairsService } from './token-pairs.service';

@Controller()
export class SessionsHttpController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: TokenPairsService,
    private readonly logins: LoginsService,
    private readonly limits: RateLimitsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(registerRoute)
  async register({ body, request, reply, call }: Input<typeof registerRoute>) {
    if (this.config.registration === 'closed') {
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details: 'Registration is closed on this installation' });
    }
    const { mode = 'live', cookie, ...user } = body;
    const { id } = await this.logins.register(user, actorOf({ call, request }));
    return this.answer(await this.sessions.begin(id, { mode, cookie }, originOf(request)), reply, call);
  }

  @Route(loginRoute)
  async login({ body, request, reply, call }: Input<typeof loginRoute>) {
    const origin = originOf(request);
    const isKey = 'api_key' in body;
    const opened = await this.begin(body, origin);
    await this.limits.settle(request, reply, isKey ? opened.rights.principal : null, 'key');
    return this.answer(opened, reply, call);
  }

  @Route(refreshRoute)
  async refresh({ body, request, reply, call }: Input<typeof refreshRoute>) {
    const opened = await this.sessions.refresh(body.refresh_token, originOf(request), call);
    await this.limits.settle(request, reply, opened.rights.principal);
    return this.tokens.issue(opened, call);
  }

  @Route(changeModeRoute)
  async changeMode({ body, authenticated, request, reply, call }: Input<typeof changeModeRoute>) {
    const { mode, cookie = false } = body;
    return this.answer(await this.sessions.changeMode(authenticated, mode, cookie, originOf(request)), reply, call);
  }

  private async begin(body: BodyOf<typeof loginRoute>, origin: Origin): Promise<OpenSession> {
    if ('api_key' in body) return this.sessions.beginByKey(body.api_key, body, origin);
    const { email, password, mode = 'live', cookie } = body;
    const { id } = await this.logins.byPassword(email, password, origin.address);
    return this.sessions.begin(id, { mode, cookie }, origin);
  }

  /** The tokens of a new session, or the cookie that holds it. */
  private async answer(opened: OpenSession, reply: FastifyReply, call: Parameters<TokenPairsService['issue']>[1]) {
    if (opened.cookieSecret === null) return this.tokens.issue(opened, call);
    reply.header('set-cookie', setSessionCookie(opened.cookieSecret, this.config.publicUrl));
    return { user: await this.tokens.userOf(opened, call) };
  }
}

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip,
  device: request.headers['user-agent'] ?? null,
  requestId: request.id,
});
