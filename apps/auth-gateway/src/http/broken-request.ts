import { AppError, publicError } from '@musicgen/error-codes';
import { newId } from '@musicgen/service-kit';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { headerLines } from './gateway-response';
import { securityHeaders } from './security-headers';

/**
 * Answers what never became a request: Node could not read it as HTTP. The connection ends with the answer. `limits` are the
 * lines of `RateLimitFields`.
 */
export function answerBrokenRequest(failure: Error & { code?: string }, socket: Socket, limits: string): void {
  if (failure.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const error = readable(failure.code);
  const id = newId('req');
  const body = JSON.stringify(publicError(error, id));
  const head = headerLines({
    ...securityHeaders.headers,
    'x-request-id': id,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  });
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head}${limits}\r\n${body}`);
}

function readable(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError('PAYLOAD_TOO_LARGE', { details: 'The address and the headers are larger than 16 KiB' });
  }
  if (code === 'HPE_INVALID_METHOD') return new AppError('NOT_FOUND');
  const problem = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'did not arrive in time' : 'is not HTTP';
  return new AppError('VALIDATION_FAILED', {
    details: `The request ${problem}`,
    data: { fields: [{ path: 'request', problem }] },
  });
}
