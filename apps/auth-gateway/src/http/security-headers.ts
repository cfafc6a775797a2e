/** Of every answer; pages have a policy of their own for their scripts and styles. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  // Browsers heed it over https alone.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  // Answers hold tokens, keys and private data; what may be kept says so itself.
  'cache-control': 'no-store',
} as const;
