import { AppError } from '@musicgen/error-codes';
import type { RequestInputOf, ResponseOf, RpcContract, ServiceName } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import { ErrorCode as NatsErrorCode, NatsError } from 'nats';
import { rpcClientSeconds } from '../metrics/metrics';
import { NatsLink } from '../nats/nats-link';
import { writeCall, type Call } from './call';
import { decodeReply, encodeRequest } from './wire';

/** How long a question may be unanswered before we look whether anybody is still there. */
const askAgainMs = 300;

/** Asks other services. Every call ends: with an answer, with the service's own error, or at its deadline. */
@Injectable()
export class RpcClient {
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
    const observe = rpcClientSeconds.startTimer({ subject: contract.subject });
    try {
      const reply = await this.send(contract, request, call, deadline);
      const parsed = contract.response.safeParse(decodeReply(reply));
      if (!parsed.success) throw new AppError('INTERNAL_ERROR', { cause: parsed.error });
      observe({ outcome: 'ok' });
      return parsed.data as ResponseOf<C>;
    } catch (error) {
      const failure = asCallError(error, contract);
      observe({ outcome: failure.code });
      throw failure;
    }
  }

  private async send(contract: RpcContract, request: unknown, call: Call, deadline: number): Promise<Uint8Array> {
    const timeout = deadline - Date.now();
    if (timeout <= 0) throw new AppError('TIMEOUT');
    if (!this.link.isUp) throw unavailable(contract.owner);
    const options = { timeout, headers: writeCall(call, deadline) };
    const answer = this.link.connection.request(contract.subject, encodeRequest(request), options);
    let asking: NodeJS.Timeout | undefined;
    const isGone = new Promise<never>((_, reject) => {
      asking = setInterval(() => void this.mustBeHeard(contract, call).catch(reject), askAgainMs);
    });
    try {
      return (await this.link.whileUp(Promise.race([answer, isGone]))).data;
    } finally {
      clearInterval(asking);
    }
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
