import { AppError } from '@musicgen/error-codes';
import type { ServiceName } from '@musicgen/platform-contracts';
import type { INestApplication } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isPromise } from 'node:util/types';
import type { Msg, Subscription } from 'nats';
import type { Logger } from '../logging/logger';
import { rpcServerSeconds, secondsSince } from '../metrics/metrics';
import { inboxPrefix } from '../nats/connection';
import { headerBlock } from '../nats/headers';
import type { NatsLink } from '../nats/nats-link';
import { asAppError } from './as-app-error';
import { callFields, readCall, type Call } from './call';
import type { Answerer, Binding } from './rpc.decorator';
import { decodeRequest, encodeAnswer, encodeError } from './wire';

/** Answers the application's contracts over NATS once its microservices are started. */
export function connectRpc(app: INestApplication, link: NatsLink, logger: Logger, service: ServiceName): void {
  app.connectMicroservice({ strategy: new RpcServer(link, logger, service) });
}

/**
 * Nest finds the handlers, and our wire answers with them: headers carry the call, every message gets an answer (also one
 * that is no JSON), errors keep their code, and closing waits for the work in hand.
 */
class RpcServer extends Server implements CustomTransportStrategy {
  private readonly subscriptions: Subscription[] = [];
  private inHand = 0;
  private whenIdle?: () => void;

  constructor(
    private readonly link: NatsLink,
    private readonly log: Logger,
    private readonly queue: ServiceName,
  ) {
    super();
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      for (const [subject, handler] of this.messageHandlers) {
        this.subscribe(subject, await (handler as unknown as Binding)(subject));
      }
      callback();
    } catch (error) {
      callback(error);
    }
  }

  override async close(): Promise<void> {
    if (this.link.isUp) await Promise.allSettled(this.subscriptions.map((subscription) => subscription.drain()));
    if (this.inHand > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
  }

  /** The link tells of the connection's changes. */
  override on(): void {}

  override unwrap<T>(): T {
    return this.link.connection as T;
  }

  private subscribe(subject: string, answerer: Answerer): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error) this.log.error({ err: error, subject }, 'nobody can be answered');
      else this.receive(subject, answerer, message);
    };
    this.subscriptions.push(this.link.connection.subscribe(subject, { queue: this.queue, callback }));
  }

  /** What a handler knows at once is answered at once: a promise per message would be a good part of its cost. */
  private receive(subject: string, answerer: Answerer, message: Msg): void {
    // A caller may name any reply subject, and the server would let us publish there once: only inboxes are answered.
    if (!message.reply?.startsWith(anyInbox)) {
      return this.log.warn({ subject }, 'a message without an inbox for the answer was ignored');
    }
    const reply = new Reply(subject, message, this.log);
    try {
      const call = reply.readCall();
      // Nobody waits for it any more; or the caller only asks whether somebody is there (see RpcClient).
      if (call.deadline <= Date.now()) return reply.late();
      const answer = answerer(decodeRequest(message.data), call);
      if (isPromise(answer)) void this.finish(answer, reply);
      else reply.send(answer);
    } catch (thrown) {
      reply.fail(thrown);
    }
  }

  private async finish(answer: Promise<unknown>, reply: Reply): Promise<void> {
    this.inHand += 1;
    try {
      reply.send(await answer);
    } catch (thrown) {
      reply.fail(thrown);
    }
    this.inHand -= 1;
    if (this.inHand === 0) this.whenIdle?.();
  }
}

/** The one answer to a message. */
class Reply {
  private readonly begun = performance.now();
  private call?: Call;

  constructor(
    private readonly subject: string,
    private readonly message: Msg,
    private readonly log: Logger,
  ) {}

  readCall(): Call {
    return (this.call = readCall(headerBlock(this.message), callerOf(this.message.reply!)));
  }

  send(answer: unknown): void {
    this.message.respond(encodeAnswer(answer));
    rpcServerSeconds.observe(this.subject, 'ok', secondsSince(this.begun));
  }

  late(): void {
    this.message.respond(encodeError(new AppError('TIMEOUT')));
  }

  /** Does not throw: nothing more can be done for the caller than to let him wait for his deadline. */
  fail(thrown: unknown): void {
    const error = asAppError(thrown);
    this.report(error);
    rpcServerSeconds.observe(this.subject, error.code, secondsSince(this.begun));
    try {
      this.message.respond(encodeError(error));
    } catch (unsent) {
      this.log.error({ err: unsent, subject: this.subject }, 'an answer could not be sent');
    }
  }

  /** A 5xx is logged once, with its cause, where it is born; the edge logs every request's outcome. */
  private report(error: AppError): void {
    if (error.status < 500) return;
    this.log.error({ err: error, subject: this.subject, ...(this.call && callFields(this.call)) }, error.code);
  }
}

const anyInbox = inboxPrefix('');

/** Whose inbox the answer goes to: no service may listen at another's. */
const callerOf = (reply: string) => reply.slice(anyInbox.length, reply.indexOf('.')) as ServiceName;
