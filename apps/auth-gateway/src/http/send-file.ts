import type { FileReference } from '@musicgen/platform-contracts';
import type { Storage } from '@musicgen/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';

/** Streams a file from storage, with ETag, conditional requests and one byte range (RFC 9110, sections 13 and 14). */
export async function sendFile(
  storage: Storage,
  file: FileReference,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const etag = `"${file.sha256}"`;
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    'content-type': file.content_type,
    'content-disposition': `attachment; filename="${file.filename.replaceAll(/[^\w.-]/g, '_')}"`,
  });
  if (matches(request.headers['if-none-match'], etag)) return void (await reply.status(304).send());
  const range = rangeOf(request, file.bytes, etag);
  if (range === 'unsatisfiable') {
    return void (await reply
      .status(416)
      .header('content-range', `bytes */${file.bytes}`)
      .removeHeader('content-type')
      .send());
  }
  reply.header('content-length', range ? range.end - range.start + 1 : file.bytes);
  if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`);
  await reply.send(request.method === 'HEAD' ? undefined : storage.read(file.key, range));
}

/** Undefined: the whole file, also for several ranges, units that are not bytes, and an If-Range of another version. */
function rangeOf({ headers }: FastifyRequest, bytes: number, etag: string) {
  const condition = headers['if-range'];
  if (!headers.range || (condition !== undefined && condition !== etag)) return undefined;
  const ranges = parseRange(bytes, headers.range, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined && header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
