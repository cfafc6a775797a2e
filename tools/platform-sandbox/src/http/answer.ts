/** How an answer gets onto the wire when it does not simply get there. */
export interface Delivery {
  /** `connection`: nothing is sent. `body`: headers and half of the body are. */
  readonly cut?: 'connection' | 'body';
  /** Nothing is sent until the caller gives up. */
  readonly hangs?: true;
}

/** What a platform says. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery?: Delivery;
}

type Headers = Readonly<Record<string, string>>;

/** JSON in UTF-8, as most platforms send it. */
export const json = (status: number, value: unknown, headers: Headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

/** Text that is not JSON. */
export const text = (status: number, body: string, headers: Headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

/** A whole page. */
export const html = (status: number, title: string, body: string, headers: Headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem 1rem}fieldset{margin:1rem 0}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`,
});

/** A status and nothing else. */
export const empty = (status: number, headers: Headers = {}): Answer => ({ status, headers, body: '' });

/** Sends the browser on; 303, so that a form's POST becomes a GET. */
export const redirect = (location: string, headers: Headers = {}): Answer => ({
  status: 303,
  headers: { location, ...headers },
  body: '',
});

/** For text and attributes of pages. */
export const escapeHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
