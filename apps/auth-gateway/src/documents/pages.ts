import { ERRORS } from '@musicgen/error-codes';

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>${head}</head><body>${body}</body></html>`;

/** Swagger UI, as its package ships it, shown the document of this API. Addresses are relative: a proxy may add a path. */
export const docsPage = page(
  'Music Gen AI: API',
  '<link rel="stylesheet" href="docs/assets/swagger-ui.css">',
  '<div id="docs"></div><script src="docs/assets/swagger-ui-bundle.js"></script><script src="docs/assets/start.js"></script>',
);

export const starter = `SwaggerUIBundle({ url: 'v1/openapi.json', dom_id: '#docs', deepLinking: true });`;

/** Every error code, with what to do. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, message, solution }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${retryable ? 'yes' : 'no'}</td>` +
      `<td>${text(message)}</td><td>${text(solution)}</td></tr>`,
  );
  const style =
    '<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:75rem}td,th{padding:.4rem .8rem;text-align:left;vertical-align:top;border-bottom:1px solid #ccc}</style>';
  const head = '<tr><th>code</th><th>status</th><th>retry helps</th><th>what happened</th><th>what to do</th></tr>';
  return page('Music Gen AI: errors', style, `<h1>Errors</h1><table>${head}${rows.join('')}</table>`);
}

const text = (plain: string) => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
