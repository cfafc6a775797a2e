import type { FileReference } from '@musicgen/platform-contracts';
import type { Storage } from '@musicgen/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { parseByteRange, type ByteRange } from './byte-range';

/** What is sent: its length is known, and the same ETag is the same bytes. */
export interface Sendable {
  bytes: number;
  etag: string;
  contentType: string;
  filename: string;
  read(range?: ByteRange): Readable;
}

/**
 * Streams a file from storage. False, and nothing is sent, when the storage has no such file of this length.
 */
export async function sendFile(
  storage: Storage,
  file: FileReference,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const { key, bytes, sha256, content_type: contentType, filename } = file;
  const sendable = {
    ...{ bytes, contentType, filename, etag: `"${sha256}"` },
    read: (range?: ByteRange) => storage.read(key, range),
  };
  const isThere = async () => (await storage.size(key).catch(() => undefined)) === bytes;
  return sendBytes(sendable, request, reply, isThere);
}

/**
 * Sends with ETag, conditional requests and one byte range (RFC 9110, sections 13 and 14). False, and nothing is sent, when
 * bytes are to be sent and are not there.
 */
export async function sendBytes(
  { bytes, etag, contentType, filename, read }: Sendable,
  request: FastifyRequest,
  reply: FastifyReply,
  isThere: () => Promise<boolean>,
): Promise<boolean> {
  const isKnown = matches(request.headers['if-none-match'], etag);
  const range = isKnown ? null : rangeOf(request, bytes, etag);
  const isSent = !isKnown && range !== 'unsatisfiable';
  if (isSent && !(await isThere())) return false;
  reply.headers({ etag, 'accept-ranges': 'bytes', 'cache-control': 'private, max-age=3600' });
  if (isKnown) return sent(reply.status(304).send());
  if (range === 'unsatisfiable') return sent(reply.status(416).header('content-range', `bytes */${bytes}`).send());
  reply.headers({
    'content-type': contentType,
    'content-disposition': `attachment; filename="${filename.replaceAll(/[^\w.-]/g, '_')}"`,
    'content-length': range ? range.end - range.start + 1 : bytes,
  });
  if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  // For HEAD a stream too, if an empty one: without any body Fastify would say that the length is 0.
  return sent(reply.send(request.method === 'HEAD' || bytes === 0 ? Readable.from([]) : read(range ?? undefined)));
}

/** Once the last byte is handed over: until then Nest must not touch the answer. */
async function sent(reply: FastifyReply): Promise<true> {
  await reply;
  return true;
}

/** Null: the whole file, also where an If-Range names another version. */
function rangeOf({ headers, method }: FastifyRequest, bytes: number, etag: string) {
  const condition = headers['if-range'];
  if (!headers.range || method !== 'GET' || (condition !== undefined && condition !== etag)) return null;
  return parseByteRange(headers.range, bytes);
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined && header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
