import { deleteAccountRoute, exportAccountRoute } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import type { Config } from '../config';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { setSessionCookie } from '../sessions/session-cookie';
import { sendStream } from '../streams/send-stream';
import { StreamsService } from '../streams/streams.service';
import { AccountDeletionService } from './account-deletion.service';
import { AccountExportService } from './account-export.service';

@Controller()
export class AccountHttpController {
  constructor(
    private readonly deletion: AccountDeletionService,
    private readonly exports: AccountExportService,
    private readonly streams: StreamsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(deleteAccountRoute)
  async delete({ call, body, request, reply }: Input<typeof deleteAccountRoute>) {
    await this.deletion.delete(call.principal, body.password, actorOf({ call, request }));
    if (call.principal.method === 'cookie') reply.header('set-cookie', setSessionCookie(null, this.config.publicUrl));
  }

  @Route(exportAccountRoute)
  export({ authenticated, call, request, reply }: Input<typeof exportAccountRoute>) {
    return this.streams.stream(authenticated, reply, async (until) => {
      const file = await this.exports.open(call, actorOf({ call, request }));
      reply.headers({
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="musicgen-${call.principal.user_id}.json"`,
        'cache-control': 'no-store',
      });
      await sendStream(request, reply, () => file, { until });
    });
  }
}
