import type { Client } from '../state/rows';

const parse = (uri: string): URL | undefined => (URL.canParse(uri) ? new URL(uri) : undefined);

/** Whether the app has registered exactly this. */
export const isRegistered = (client: Client, uri: string): boolean => client.redirectUris.includes(uri);

/** Whether it is `127.0.0.1` or `[::1]`, not a name for them. */
export const isLoopbackIp = (uri: string): boolean => ['127.0.0.1', '[::1]'].includes(parse(uri)?.hostname ?? '');

/** Whether it is `localhost` or below it. */
export const isLocalhost = (uri: string): boolean => /(^|\.)localhost$/.test(parse(uri)?.hostname ?? '');

/** Whether the browser would be sent there over TLS. */
export const isHttps = (uri: string): boolean => parse(uri)?.protocol === 'https:';

/** The same address with no port. */
export function withoutPort(uri: string): string | undefined {
  const url = parse(uri);
  if (!url) return undefined;
  url.port = '';
  return url.href;
}

/** Whether the app has registered something on the same host. */
export function isOnRegisteredHost(client: Client, uri: string): boolean {
  const host = parse(uri)?.hostname;
  return host !== undefined && client.redirectUris.some((registered) => parse(registered)?.hostname === host);
}
