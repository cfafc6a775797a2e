import { AppError } from '@musicgen/error-codes';
import {
  exchangeOAuth,
  exchangeOAuthRoute,
  finishOAuth,
  finishOAuthRoute,
  startOAuth,
  startOAuthRoute,
  type AnswerOf,
} from '@musicgen/platform-contracts';
import { asAppError, CONFIG, LOGGER, RpcClient, type Logger } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Config } from '../config';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { responseOf } from '../http/gateway-response';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { BrowserMark } from './browser-mark';
import { connectedPage, failedPage, pagePolicy } from './oauth-pages';
import { returnUrl } from './return-url';

type Connected = AnswerOf<typeof finishOAuthRoute>;

/** The way to a platform's consent page and back. */
@Controller()
export class OAuthHttpController {
  private readonly mark: BrowserMark;

  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimitsService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.mark = new BrowserMark(config.publicUrl);
  }

  @Route(startOAuthRoute)
  async start({ call, params, body, authenticated, reply }: Input<typeof startOAuthRoute>) {
    const { publicUrl } = this.config;
    const isDashboard = authenticated.principal.method === 'cookie';
    const browser = isDashboard ? this.mark.create() : undefined;
    const wanted = body.return_to ?? (browser && `${publicUrl}/credentials/${params.id}`);
    const return_to = wanted === undefined ? undefined : returnUrl(wanted, publicUrl);
    const bound = { public_url: publicUrl, return_to, browser_hash: browser?.hash };
    const started = await this.rpc.call(startOAuth, { ...body, ...params, ...bound }, call);
    if (browser) reply.header('set-cookie', browser.cookie);
    return started;
  }

  @Route(exchangeOAuthRoute)
  exchange({ call, params, body }: Input<typeof exchangeOAuthRoute>) {
    return this.rpc.call(exchangeOAuth, { ...body, ...params }, call);
  }

  /** People land here: they get a page or are sent on, programs that ask for JSON get it. */
  @Route(finishOAuthRoute)
  async finish({ call, params, query, request, reply }: Input<typeof finishOAuthRoute>): Promise<Connected> {
    reply.header('vary', 'accept');
    const isProgram = request.headers.accept?.includes('application/json') ?? false;
    try {
      const { state, code, iss, error = query.error_reason } = query;
      // Without a state there is nothing that it could be the answer to.
      if (!state) throw new AppError('OAUTH_STATE_INVALID');
      const browser_hash = this.mark.hashOf(request.headers.cookie);
      const found = { ...params, state, code, iss, error, browser_hash };
      const { return_to, ...connected } = await this.rpc.call(finishOAuth, found, call);
      await this.limits.settle(request, reply, null);
      if (browser_hash) reply.header('set-cookie', this.mark.gone);
      if (isProgram) return connected;
      if (return_to) await reply.redirect(return_to, 303);
      else await sendPage(reply, 200, connectedPage(connected));
    } catch (thrown) {
      const error = asAppError(thrown);
      // Whoever comes back from a platform has proved to be no guesser, also with bad news.
      const isGuess = error.code === 'OAUTH_STATE_INVALID' || error.code === 'VALIDATION_FAILED';
      if (!isGuess) await this.limits.settle(request, reply, null);
      if (isProgram) throw error;
      if (isGuess) responseOf(reply).limits = await this.limits.count(request.ip);
      if (error.status >= 500) this.logger.error({ err: error, request_id: request.id }, error.code);
      if (error.status === 503) reply.header('retry-after', String(error.retryAfterSeconds ?? 1));
      await sendPage(reply, error.status, failedPage(error, request.id));
    }
    return undefined as never;
  }
}

/** Once it is sent: until then Nest must not touch the answer. */
async function sendPage(reply: FastifyReply, status: number, page: string): Promise<void> {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy };
  await reply.status(status).headers(headers).send(page);
}
