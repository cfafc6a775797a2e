import type { FileReference } from '@musicgen/platform-contracts';
import type { Storage } from '@musicgen/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import parseRange from 'range-parser';

/**
 * Streams a file from storage, with ETag, conditional requests and one byte range (RFC 9110, sections 13 and 14). False,
 * and nothing is sent, when the storage has no such file of this length.
 */
export async function sendFile(
  storage: Storage,
  file: FileReference,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const { bytes } = file;
  const etag = `"${file.sha256}"`;
  const isKnown = matches(request.headers['if-none-match'], etag);
  const range = isKnown ? undefined : rangeOf(request, bytes, etag);
  const isSent = !isKnown && range !== 'unsatisfiable';
  if (isSent && (await storage.size(file.key).catch(() => undefined)) !== bytes) return false;
  reply.headers({ etag, 'accept-ranges': 'bytes', 'cache-control': 'private, max-age=3600' });
  if (isKnown) return sent(reply.status(304).send());
  if (range === 'unsatisfiable') return sent(reply.status(416).header('content-range', `bytes */${bytes}`).send());
  reply.headers({
    'content-type': file.content_type,
    'content-disposition': `attachment; filename="${file.filename.replaceAll(/[^\w.-]/g, '_')}"`,
    'content-length': range ? range.end - range.start + 1 : bytes,
  });
  if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  // For HEAD a stream too, if an empty one: without any body Fastify would say that the length is 0.
  return sent(reply.send(request.method === 'HEAD' || bytes === 0 ? Readable.from([]) : storage.read(file.key, range)));
}

/** Once the last byte is handed over: until then Nest must not touch the answer. */
async function sent(reply: FastifyReply): Promise<true> {
  await reply;
  return true;
}

/** Undefined: the whole file, also for several ranges, units that are not bytes, and an If-Range of another version. */
function rangeOf({ headers, method }: FastifyRequest, bytes: number, etag: string) {
  const condition = headers['if-range'];
  if (!headers.range || method !== 'GET' || (condition !== undefined && condition !== etag)) return undefined;
  const ranges = parseRange(bytes, headers.range, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined && header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
