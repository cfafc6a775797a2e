import { AppError } from '@musicgen/error-codes';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export const jsonBytesMax = 256 * 1024;

/** More levels than any of our bodies has, and few enough for whoever walks through one. */
const depthMax = 32;

/**
 * Bodies stay text until the guard has let their request pass: nobody without credentials has JSON parsed, and a wrong body
 * is counted for its user. An empty body is no body, whatever its Content-Type says.
 */
export function takeRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string', bodyLimit: jsonBytesMax }, (_, body, done) =>
    done(null, body.length === 0 ? undefined : body),
  );
}

/** Fastify refuses a Content-Type that it cannot read even where there is nothing to read. */
export function forgetTypeOfNothing({ headers }: FastifyRequest): void {
  if (headers['content-type'] === undefined || Number(headers['content-length'])) return;
  if (headers['transfer-encoding'] === undefined) delete headers['content-type'];
}

/** The request's body; without one, an empty object. Throws UNSUPPORTED_MEDIA_TYPE and VALIDATION_FAILED. */
export function readJsonBody(request: FastifyRequest): unknown {
  const text = request.body as string | undefined;
  if (text === undefined) return {};
  if (request.mediaType !== 'application/json' || request.headers['content-encoding'] !== undefined) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { details: 'The body must be application/json, not encoded' });
  }
  let body: unknown;
  // Fastify's own, which refuses what would change an object's prototype.
  request.server.getDefaultJsonParser('error', 'error')(request, text, (error, value) => {
    if (error) throw malformed('must be valid JSON without __proto__', error);
    body = value;
  });
  if (isDeep(text)) throw malformed(`must not be nested deeper than ${depthMax} levels`);
  return body;
}

/** Of valid JSON. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isString) {
      if (char === '\\') at++;
      else if (char === '"') isString = false;
    } else if (char === '"') isString = true;
    else if (char === '{' || char === '[') {
      if (++depth > depthMax) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

const malformed = (problem: string, cause?: unknown) =>
  new AppError('VALIDATION_FAILED', {
    details: `The body ${problem}`,
    data: { fields: [{ path: 'body', problem }] },
    cause,
  });
