import { AppError } from '@musicgen/error-codes';

/** Where the browser may be sent in the end: to this installation, whole or as a path. Throws VALIDATION_FAILED. */
export function returnUrl(wanted: string, publicUrl: string): string {
  const url = URL.canParse(wanted, publicUrl) ? new URL(wanted, publicUrl) : undefined;
  if (url?.origin === new URL(publicUrl).origin && !url.username && !url.password) return url.href;
  const problem = `must be a path, or a URL on ${new URL(publicUrl).origin}`;
  throw new AppError('VALIDATION_FAILED', {
    details: `return_to ${problem}`,
    data: { fields: [{ path: 'return_to', problem }] },
  });
}
