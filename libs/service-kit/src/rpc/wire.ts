import { AppError, invalidFields } from '@musicgen/error-codes';

/** Messages are at most this long; what may be larger is a file in storage. */
export const maxMessageBytes = 256 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Throws PAYLOAD_TOO_LARGE for what may not be sent. */
export function encodeRequest(body: unknown): Uint8Array {
  const data = encode(body);
  if (data) return data;
  throw new AppError('PAYLOAD_TOO_LARGE', { details: 'A message between services is at most 256 KiB' });
}

/** An answer that is too long is the answering service's own mistake. */
export function encodeAnswer(body: unknown): Uint8Array {
  const data = encode({ ok: body ?? null });
  if (data) return data;
  throw new AppError('INTERNAL_ERROR', { cause: new RangeError('The answer is longer than 256 KiB') });
}

/** Always something to send: of an error that says too much, the code. */
export function encodeError(error: AppError): Uint8Array {
  return encode({ error: error.toWire() }) ?? Buffer.from(JSON.stringify({ error: { code: error.code } }));
}

/** Throws VALIDATION_FAILED for anything but UTF-8 JSON of an allowed size. */
export function decodeRequest(data: Uint8Array): unknown {
  try {
    if (data.length > maxMessageBytes) throw new RangeError('too long');
    return JSON.parse(decoder.decode(data));
  } catch (cause) {
    throw invalidFields([{ path: 'body', problem: 'must be JSON in UTF-8, of at most 256 KiB' }], cause);
  }
}

/** The answer's body; throws the error that the service threw. */
export function decodeReply(data: Uint8Array): unknown {
  const reply = JSON.parse(decoder.decode(data)) as Partial<{ ok: unknown; error: unknown }>;
  if (reply.error !== undefined) throw AppError.fromWire(reply.error);
  return reply.ok;
}

function encode(value: unknown): Uint8Array | undefined {
  const data = Buffer.from(JSON.stringify(value));
  return data.length > maxMessageBytes ? undefined : data;
}
