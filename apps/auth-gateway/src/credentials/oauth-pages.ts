import { ERRORS, type AppError } from '@musicgen/error-codes';
import { platforms, type PlatformId } from '@musicgen/platform-contracts';
import { createHash } from 'node:crypto';

const style =
  'body{font:1rem/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.4rem}small{color:#555}';

/** Nothing is loaded and nothing runs: the page has one style sheet, its own. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'`;

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title><style>${style}</style></head><body><h1>${text(title)}</h1>${body}</body></html>
`;

export function connectedPage({ platform, account }: { platform: string; account: string | null }): string {
  const { displayName } = platforms[platform as PlatformId];
  const whose = account === null ? 'Your account' : `The account <strong>${text(account)}</strong>`;
  return page(`${displayName} is connected`, `<p>${whose} is connected. You may close this window.</p>`);
}

export function failedPage(error: AppError, requestId: string): string {
  const { message, solution } = ERRORS[error.code];
  const remedy = (error.data as { remedy?: string } | undefined)?.remedy;
  const said = [error.details, remedy ?? solution].map((line) => `<p>${text(line)}</p>`).join('');
  return page(message, `${said}<p><small>${error.code} · ${text(requestId)}</small></p>`);
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const text = (plain: string) => plain.replaceAll(/[&<>"']/g, (char) => escapes[char]!);
