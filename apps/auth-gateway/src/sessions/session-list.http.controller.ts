import { endSessionRoute, listSessionsRoute, logoutRoute } from '@musicgen/platform-contracts';
import { CONFIG, pageRows } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import type { Config } from '../config';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { setSessionCookie } from './session-cookie';
import { SessionEndingsService } from './session-endings.service';
import { sessionView } from './session-view';
import { SessionsStore } from './sessions.store';

@Controller()
export class SessionListHttpController {
  constructor(
    private readonly sessions: SessionsStore,
    private readonly endings: SessionEndingsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(listSessionsRoute)
  async list({ call: { principal }, query: { limit, cursor } }: Input<typeof listSessionsRoute>) {
    const rows = await this.sessions.list(principal, limit, cursor);
    return pageRows(rows, limit, (session) => sessionView(session, principal.session_id));
  }

  @Route(logoutRoute)
  async logout({ call, request, reply }: Input<typeof logoutRoute>) {
    const { principal } = call;
    const why = { reason: 'logout' as const, by: actorOf({ call, request }) };
    await this.endings.end(principal.user_id, principal.session_id!, why);
    if (principal.method === 'cookie') reply.header('set-cookie', setSessionCookie(null, this.config.publicUrl));
  }

  @Route(endSessionRoute)
  async end({ call, request, params }: Input<typeof endSessionRoute>) {
    await this.endings.endOne(call.principal, params.id, actorOf({ call, request }));
  }
}
