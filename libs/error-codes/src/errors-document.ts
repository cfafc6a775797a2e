import { ERRORS, type ErrorRow } from './codes';

const intro = `# Errors

Every answer that is not a success has this body:

\`\`\`json
{
  "error": {
    "code": "INVALID_TOKEN",
    "message": "The provided authentication token is invalid or expired",
    "request_id": "req_1234567890abcdef",
    "details": "Token signature verification failed"
  }
}
\`\`\`

\`message\` belongs to the code and never changes its meaning; \`details\` is about this one case. \`VALIDATION_FAILED\` and the errors
about platforms also have \`data\`, for programs. 'Retry' says whether the same request, unchanged, can succeed within minutes.

This page is made from the catalogue in \`src/codes.ts\`.
`;

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function section([code, row]: [string, ErrorRow]): string {
  const retry = row.retryable ? 'yes, honouring `Retry-After`' : 'no';
  return `### ${code}\n\n- **What happened:** ${row.message}.\n- **Retry:** ${retry}\n- **What to do:** ${row.solution}\n`;
}

/** The catalogue as a page for people (Markdown): by status, each code with what happened, whether a retry helps, what to do. */
export function errorsDocument(errors: Record<string, ErrorRow> = ERRORS): string {
  const rows = Object.entries(errors);
  const statuses = [...new Set(rows.map(([, row]) => row.status))].sort((a, b) => a - b);
  const chapters = statuses.flatMap((status) => [
    `## ${status} ${reasons[status] ?? ''}`.trimEnd() + '\n',
    ...rows.filter(([, row]) => row.status === status).map(section),
  ]);
  return [intro, ...chapters].join('\n');
}
