import { AppError, publicError } from '@musicgen/error-codes';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Answers what never became a request: Node could not read it as HTTP. The connection ends with the answer. */
export function answerBrokenRequest(
  failure: Error & { code?: string },
  socket: Socket,
  headers: Record<string, string> & { 'x-request-id': string },
): void {
  if (failure.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const error = readable(failure.code);
  const body = JSON.stringify(publicError(error, headers['x-request-id']));
  const fields = {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head.join('')}\r\n${body}`);
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
