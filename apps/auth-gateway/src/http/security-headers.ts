import { DefaultHeaders } from './gateway-response';

/** Of every answer; pages have a policy of their own for their scripts and styles. */
export const securityHeaders = new DefaultHeaders({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  // Answers hold tokens, keys and private data; what may be kept says so itself.
  'cache-control': 'no-store',
});

/** Of an answer over https: over plain http it must not be sent (RFC 6797, 7.2). */
export const httpsHeaders = new DefaultHeaders({
  ...securityHeaders.headers,
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
});
