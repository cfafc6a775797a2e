import { AppError } from '@musicgen/error-codes';
import type { ServiceName } from '@musicgen/platform-contracts';
import type { INestApplication } from '@nestjs/common';
import { ServerNats } from '@nestjs/microservices';
import type { Msg, NatsConnection } from 'nats';
import { lastValueFrom } from 'rxjs';
import type { Logger } from '../logging/logger';
import { rpcServerSeconds } from '../metrics/metrics';
import { inboxPrefix } from '../nats/connection';
import type { NatsLink } from '../nats/nats-link';
import { asAppError } from './as-app-error';
import { callFields, readCall, type Call } from './call';
import type { Incoming } from './rpc.decorator';
import { decodeRequest, encodeAnswer, encodeError } from './wire';

/** Answers the application's contracts over NATS once its microservices are started. */
export function connectRpc(app: INestApplication, link: NatsLink, logger: Logger, service: ServiceName): void {
  app.connectMicroservice({ strategy: new RpcServer(link, logger, service) });
}

/**
 * Nest's NATS server with our wire: headers carry the call, every message gets an answer (also one that is no JSON),
 * errors keep their code, and closing waits for the work in hand.
 */
class RpcServer extends ServerNats {
  private readonly inHand = new Set<Promise<void>>();

  constructor(
    private readonly link: NatsLink,
    private readonly log: Logger,
    queue: ServiceName,
  ) {
    super({ queue });
  }

  override async close(): Promise<void> {
    const subscriptions = Reflect.get(this, 'subscriptions') as { drain(): Promise<void> }[];
    if (this.link.isUp) await Promise.allSettled(subscriptions.map((subscription) => subscription.drain()));
    await Promise.all(this.inHand);
  }

  override createNatsClient(): Promise<NatsConnection> {
    return Promise.resolve(this.link.connection);
  }

  override async handleMessage(subject: string, message: Msg): Promise<void> {
    const work = this.answer(subject, message).catch((error: unknown) =>
      this.log.error({ err: error, subject }, 'an answer could not be sent'),
    );
    this.inHand.add(work);
    await work;
    this.inHand.delete(work);
  }

  /** The link tells of the connection's changes already. */
  override async handleStatusUpdates(): Promise<void> {}

  private async answer(subject: string, message: Msg): Promise<void> {
    // A caller may name any reply subject, and the server would let us publish there once: only inboxes are answered.
    if (!message.reply?.startsWith(inboxPrefix(''))) {
      return this.log.warn({ subject }, 'a message without an inbox for the answer was ignored');
    }
    const observe = rpcServerSeconds.startTimer({ subject });
    let call: Call | undefined;
    try {
      call = readCall(message.headers, callerOf(message.reply));
      // Nobody waits for it any more; or the caller only asks whether somebody is there (see RpcClient).
      if (call.deadline <= Date.now()) return void message.respond(encodeError(new AppError('TIMEOUT')));
      const incoming = { subject, body: decodeRequest(message.data), call };
      const answer = await this.handle(incoming);
      message.respond(encodeAnswer(answer));
      observe({ outcome: 'ok' });
    } catch (thrown) {
      const error = asAppError(thrown);
      this.report(error, subject, call);
      observe({ outcome: error.code });
      message.respond(encodeError(error));
    }
  }

  private async handle(incoming: Incoming): Promise<unknown> {
    const handler = this.getHandlerByPattern(incoming.subject);
    if (!handler) throw new AppError('NOT_FOUND');
    return lastValueFrom(this.transformToObservable(await handler(incoming, incoming.call)));
  }

  /** A 5xx is logged once, with its cause, where it is born; the edge logs every request's outcome. */
  private report(error: AppError, subject: string, call: Call | undefined) {
    if (error.status >= 500) this.log.error({ err: error, subject, ...(call && callFields(call)) }, error.code);
  }
}

/** Whose inbox the answer goes to: no service may listen at another's. */
const callerOf = (reply: string) => reply.slice(inboxPrefix('').length, reply.indexOf('.')) as ServiceName;
