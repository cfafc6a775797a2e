import { AppError, publicError } from '@musicgen/error-codes';
import type { RouteContract } from '@musicgen/platform-contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseApiKey } from '../api-keys/api-key';
import type { Refusals } from '../audit/refusals.service';
import type { RateLimitsService } from '../rate-limits/rate-limits.service';
import { challenge, errorType } from './errors.filter';
import { responseOf } from './gateway-response';

const error = new AppError('INVALID_API_KEY');
const idMark = '<id>';
const [bodyStart, bodyEnd] = JSON.stringify(publicError(error, idMark)).split(idMark);
const wwwAuthenticate = challenge(error);

/**
 * Answers what comes with a key that cannot be one, at the price of a request that does nothing: such keys are sprayed by the
 * million. Where its address cannot be counted from memory alone, the guard gives the same answer.
 */
export class ImpossibleKeys {
  constructor(
    private readonly limits: RateLimitsService,
    private readonly refusals: Refusals,
  ) {}

  /** Whether it was answered. */
  refuse(contract: RouteContract, request: FastifyRequest, reply: FastifyReply): boolean {
    const { headers } = request;
    const key = headers['x-api-key'];
    if (key === undefined || parseApiKey(key as string) || headers.authorization !== undefined) return false;
    if (contract.counted === 'never' || contract.access === 'anonymous') return false;
    const { ip } = request;
    const counted = this.limits.takeAnonymousNow(ip);
    if (counted === null) return false;
    this.refusals.request(error, ip);
    responseOf(reply).limits = counted;
    reply.header('www-authenticate', wwwAuthenticate).type(errorType).code(error.status);
    // The id is of letters that JSON leaves as they are.
    reply.send(bodyStart + request.id + bodyEnd);
    return true;
  }
}
