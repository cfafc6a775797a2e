import { AppError } from '@musicgen/error-codes';
import type { RequestInputOf, ResponseOf, RpcContract, ServiceName } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { ErrorCode as NatsErrorCode, NatsError } from 'nats';
import { rpcClientSeconds, secondsSince } from '../metrics/metrics';
import { NatsLink } from '../nats/nats-link';
import { writeCall, type Call } from './call';
import { askAgainMs, OpenQuestions } from './open-questions';
import { decodeReply, encodeRequest } from './wire';

/** Asks other services. Every call ends: with an answer, with the service's own error, or at its deadline. */
@Injectable()
export class RpcClient {
  private readonly open = new OpenQuestions();

  constructor(
    private readonly link: NatsLink,
    private readonly service: ServiceName,
  ) {}

  /** Throws what the service threw; SERVICE_UNAVAILABLE when it is away; TIMEOUT at the deadline. */
  async call<C extends RpcContract>(contract: C, request: RequestInputOf<C>, call: Call): Promise<ResponseOf<C>> {
    if (!contract.callers.includes(this.service)) {
      throw new AppError('INTERNAL_ERROR', { details: `${this.service} is no caller of ${contract.subject}` });
    }
    const deadline = Math.min(call.deadline, Date.now() + contract.timeoutMs);
    const begun = performance.now();
    try {
      const reply = await this.send(contract, request, call, deadline);
      const parsed = contract.response.safeParse(decodeReply(reply));
      if (!parsed.success) throw new AppError('INTERNAL_ERROR', { cause: parsed.error });
      rpcClientSeconds.observe(contract.subject, 'ok', secondsSince(begun));
      return parsed.data as ResponseOf<C>;
    } catch (error) {
      const failure = asCallError(error, contract);
      rpcClientSeconds.observe(contract.subject, failure.code, secondsSince(begun));
      throw failure;
    }
  }

  private async send(contract: RpcContract, request: unknown, call: Call, deadline: number): Promise<Uint8Array> {
    const timeout = deadline - Date.now();
    if (timeout <= 0) throw new AppError('TIMEOUT');
    if (!this.link.isUp) throw unavailable(contract.owner);
    const options = { timeout, headers: writeCall(call, deadline) };
    const answer = this.link.whileUp(this.link.connection.request(contract.subject, encodeRequest(request), options));
    return (await this.open.untilAnswered(answer, () => this.mustBeHeard(contract, call))).data;
  }

  /**
   * A service that died with our question in hand never answers, and nats-server tells nobody. So a slow question is followed
   * by one whose deadline has passed, which costs the service nothing. Throws once nobody is there to hear it.
   */
  private async mustBeHeard(contract: RpcContract, call: Call): Promise<void> {
    const options = { timeout: askAgainMs, headers: writeCall(call, 1) };
    await this.link.connection.request(contract.subject, undefined, options).catch((error: unknown) => {
      if (error instanceof NatsError && error.code === NatsErrorCode.NoResponders) throw error;
    });
  }
}

const unavailable = (owner: string, cause?: unknown) =>
  new AppError('SERVICE_UNAVAILABLE', {
    details: `The service ${owner} is not available`,
    retryAfterSeconds: 1,
    cause,
  });

function asCallError(error: unknown, contract: RpcContract): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof NatsError)) return new AppError('INTERNAL_ERROR', { cause: error });
  if (error.code === NatsErrorCode.Timeout) {
    return new AppError('TIMEOUT', { details: `The service ${contract.owner} did not answer in time`, cause: error });
  }
  if (error.isPermissionError()) return new AppError('INTERNAL_ERROR', { cause: error });
  return unavailable(contract.owner, error);
}
