import { buffer } from 'node:stream/consumers';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Speaks as much of the protocol of S3 as storage needs, and keeps all in memory. It checks no signature. */
export interface TestS3 {
  bucket: string;
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** By key, without the bucket. */
  objects: Map<string, { contents: Buffer; modifiedAt: Date }>;
  close(): Promise<void>;
}

/** Few, so that a listing of a few files has several pages. */
const pageSize = 3;
const bucket = 'music';

interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: Buffer | string;
}

export async function startTestS3(): Promise<TestS3> {
  const objects: TestS3['objects'] = new Map();
  const server = http.createServer((request, response) => {
    void answer(objects, request).then(({ status, headers, body }) => {
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bucket,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    objects,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(objects: TestS3['objects'], request: http.IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url!, 'http://s3');
  const [, asked, ...parts] = pathname.split('/').map(decodeURIComponent);
  const key = parts.join('/');
  const body = await buffer(request);
  if (asked !== bucket) return failure(404, 'NoSuchBucket');
  if (request.method === 'POST' && searchParams.has('delete')) return removeMany(objects, body.toString());
  if (request.method === 'GET' && key === '') return list(objects, searchParams);
  if (request.method === 'PUT') return put(objects, key, request.headers, body);
  if (request.method === 'DELETE') {
    objects.delete(key);
    return { status: 204 };
  }
  return get(objects, key, request);
}

function put(objects: TestS3['objects'], key: string, headers: http.IncomingHttpHeaders, body: Buffer): Answer {
  const source = headers['x-amz-copy-source'];
  const from = typeof source === 'string' ? decodeURIComponent(source).replace(/^\/?[^/]+\//, '') : undefined;
  const contents = from === undefined ? body : objects.get(from)?.contents;
  if (!contents) return failure(404, 'NoSuchKey');
  objects.set(key, { contents, modifiedAt: new Date() });
  return from === undefined ? { status: 200 } : xml('CopyObjectResult', '<ETag>"x"</ETag>');
}

function get(objects: TestS3['objects'], key: string, { method, headers }: http.IncomingMessage): Answer {
  const object = objects.get(key);
  if (!object) return method === 'HEAD' ? { status: 404 } : failure(404, 'NoSuchKey');
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const body = start === undefined ? object.contents : object.contents.subarray(Number(start), Number(end) + 1);
  return {
    status: start === undefined ? 200 : 206,
    headers: { 'content-length': body.length, 'last-modified': object.modifiedAt.toUTCString() },
    body: method === 'HEAD' ? undefined : body,
  };
}

function list(objects: TestS3['objects'], query: URLSearchParams): Answer {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const nameOf = (key: string) => {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    return end < 0 ? key : key.slice(0, end + 1);
  };
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const after = query.get('continuation-token') ?? '';
  const names = [...new Set(keys.map(nameOf))].filter((name) => name > after);
  const page = names.slice(0, pageSize);
  const entries = page.map((name) => {
    const object = objects.get(name);
    return object
      ? `<Contents><Key>${name}</Key><LastModified>${object.modifiedAt.toISOString()}</LastModified></Contents>`
      : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`;
  });
  const isTruncated = names.length > page.length;
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return xml('ListBucketResult', `<IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}`);
}

function removeMany(objects: TestS3['objects'], body: string): Answer {
  for (const [, key] of body.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(key!);
  return xml('DeleteResult', '');
}

const xml = (element: string, contents: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><${element}>${contents}</${element}>`,
});

const failure = (status: number, code: string) =>
  xml('Error', `<Code>${code}</Code><Message>${code}</Message>`, status);
