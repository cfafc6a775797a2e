const patterns: [RegExp, string][] = [
  [/\bsk_(live|test)_[A-Za-z0-9]{8,}/g, 'sk_$1_[redacted]'],
  [/\brefresh_[A-Za-z0-9_-]{16,}/g, 'refresh_[redacted]'],
  [/\bwhsec_[A-Za-z0-9+/=_-]{8,}/g, 'whsec_[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '[redacted token]'],
  [/\bS[UAO][A-Z2-7]{50,}/g, '[redacted seed]'],
  [/((?:postgres(?:ql)?|nats|redis|smtps?):\/\/[^:@/\s"]*:)[^@\s"]+@/g, '$1[redacted]@'],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----)/g, '$1[redacted]$2'],
];

/** Secrets by their form, wherever they stand in a line. The last guard: nothing should log them in the first place. */
export const redactText = (text: string): string =>
  patterns.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);

/** Secrets by the name of the field that holds them, at the depths that a log line has. */
export const redactedPaths = [
  'password',
  'api_key',
  'apiKey',
  'access_token',
  'refresh_token',
  'client_secret',
  'secret',
  'token',
  'authorization',
  'cookie',
  'fields',
  'databaseUrl',
  'natsNkeySeed',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);
