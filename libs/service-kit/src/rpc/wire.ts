import { AppError } from '@musicgen/error-codes';

/** Messages are at most this long; what may be larger is a file in storage. */
export const maxMessageBytes = 256 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

type Reply = { ok: unknown } | { error: ReturnType<AppError['toWire']> };

export const encodeRequest = (body: unknown): Uint8Array => encode(body);
export const encodeAnswer = (body: unknown): Uint8Array => encode({ ok: body ?? null } satisfies Reply);
export const encodeError = (error: AppError): Uint8Array => encode({ error: error.toWire() } satisfies Reply);

/** Throws VALIDATION_FAILED for anything but UTF-8 JSON of an allowed size. */
export function decodeRequest(data: Uint8Array): unknown {
  try {
    if (data.length > maxMessageBytes) throw new RangeError('too long');
    return JSON.parse(decoder.decode(data));
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', { details: 'The message is not JSON of at most 256 KiB', cause });
  }
}

/** The answer's body; throws the error that the service threw. */
export function decodeReply(data: Uint8Array): unknown {
  const reply = JSON.parse(decoder.decode(data)) as Partial<{ ok: unknown; error: unknown }>;
  if (reply.error !== undefined) throw AppError.fromWire(reply.error);
  return reply.ok;
}

function encode(value: unknown): Uint8Array {
  const data = encoder.encode(JSON.stringify(value));
  if (data.length > maxMessageBytes) {
    throw new AppError('PAYLOAD_TOO_LARGE', { details: 'A message between services is at most 256 KiB' });
  }
  return data;
}
