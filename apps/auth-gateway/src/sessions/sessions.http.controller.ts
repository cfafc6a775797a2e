import { AppError } from '@musicgen/error-codes';
import {
  changeModeRoute,
  endSessionRoute,
  listSessionsRoute,
  loginRoute,
  logoutRoute,
  refreshRoute,
  registerRoute,
  type Mode,
} from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkNow } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import type { Config } from '../config';
import { Route, type Input } from '../http/route.decorator';
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
    private readonly principals: PrincipalsService,
    private readonly limits: RateLimitsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(registerRoute)
  async register({ body, request, reply, call }: Input<typeof registerRoute>) {
    if (this.config.registration === 'closed') {
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details: 'Registration is closed on this installation' });
    }
    const { mode = 'live', cookie, ...user } = body;
    const { id } = await this.logins.register(user, request.ip);
    return this.answer(await this.sessions.begin(id, { mode, cookie }, originOf(request)), reply, call);
  }

  @Route(loginRoute)
  async login({ body, request, reply, call }: Input<typeof loginRoute>) {
    const origin = originOf(request);
    const isKey = 'api_key' in body;
    const opened = isKey ? await this.beginByKey(body, origin) : await this.beginByPassword(body, origin);
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

  @Route(logoutRoute)
  async logout({ call: { principal }, reply }: Input<typeof logoutRoute>) {
    await this.sessions.end(principal, principal.session_id!);
    if (principal.method === 'cookie') this.setCookie(reply, null);
  }

  @Route(listSessionsRoute)
  list({ call, query }: Input<typeof listSessionsRoute>) {
    return this.sessions.list(call.principal, query);
  }

  @Route(endSessionRoute)
  async end({ call, params }: Input<typeof endSessionRoute>) {
    await this.sessions.endOne(call.principal, params.id);
  }

  private async beginByPassword(
    { email, password, mode = 'live', cookie }: { email: string; password: string; mode?: Mode; cookie?: boolean },
    origin: Origin,
  ): Promise<OpenSession> {
    const { id } = await this.logins.byPassword(email, password, origin.address);
    return this.sessions.begin(id, { mode, cookie }, origin);
  }

  private async beginByKey(
    { api_key: key, mode, cookie }: { api_key: string; mode?: Mode; cookie?: boolean },
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
    return this.sessions.begin(userId, { mode: keyMode, keyId, cookie }, origin);
  }

  /** The tokens of a new session, or the cookie that holds it. */
  private async answer(opened: OpenSession, reply: FastifyReply, call: Parameters<TokenPairsService['issue']>[1]) {
    if (opened.cookieSecret === null) return this.tokens.issue(opened, call);
    this.setCookie(reply, opened.cookieSecret);
    return { user: await this.tokens.userOf(opened, call) };
  }

  private setCookie(reply: FastifyReply, secret: string | null): void {
    reply.header('set-cookie', setSessionCookie(secret, this.config.publicUrl));
  }
}

const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip,
  device: request.headers['user-agent'] ?? null,
});
