/** A field with such a name holds a secret: `password`, `new_password`, `client_secret`, `access_token`, `apiKey` … */
const secretName = String.raw`\w*(?:password|secret|token|authorization|cookie|api_?key|private_key|nkey_?seed)`;

const patterns: [RegExp, string][] = [
  [/\bsk_(live|test)_[A-Za-z0-9]{8,}/g, 'sk_$1_[redacted]'],
  [/\brefresh_[A-Za-z0-9_-]{16,}/g, 'refresh_[redacted]'],
  [/\bwhsec_[A-Za-z0-9+/=_-]{8,}/g, 'whsec_[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '[redacted token]'],
  [/\bS[UAO][A-Z2-7]{50,}/g, '[redacted seed]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^:@/\s"]*:)[^@/\s"]+@/gi, '$1[redacted]@'],
  // Up to the end of the string that it stands in, for a key may be cut off.
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:[^"\\]|\\+[rn])*/g, '$1[redacted]'],
  // By the name of the field, at any depth; then the same in JSON that is itself a string of the line.
  [new RegExp(String.raw`"(${secretName})":"(?:[^"\\]|\\.)*"`, 'gi'), '"$1":"[redacted]"'],
  [
    new RegExp(String.raw`\\"(${secretName})\\"(\s*:\s*)\\"(?:[^"\\]|\\\\\\.|\\[^"\\])*\\"`, 'gi'),
    String.raw`\"$1\"$2\"[redacted]\"`,
  ],
];

/** What any of the patterns needs to match: nearly every line lacks it, and one look is cheaper than nine. */
const suspicion = new RegExp(
  String.raw`sk_|refresh_|whsec_|eyJ|S[UAO][A-Z2-7]{10}|:\/\/|PRIVATE KEY|"${secretName}"|\\"${secretName}\\"`,
  'i',
);

/** Secrets by their form and by their field's name, wherever they stand in a line. The last guard: nothing should log them. */
export const redactText = (text: string): string =>
  suspicion.test(text)
    ? patterns.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text)
    : text;

/** Whole objects that may hold secrets under names of their own, at the depths that a log line has. */
export const redactedPaths = ['fields', 'secrets', 'headers', 'parameters'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
  `*.*.*.${name}`,
]);
