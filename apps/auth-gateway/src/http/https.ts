import type { FastifyRequest } from 'fastify';

/** Asked by machines of the same network, over whatever they have. */
const exempt = /^\/(health\/|metrics(\?|$))/;

export type PlainHttp = 'allowed' | 'refused' | { redirect: string };

/**
 * What becomes of a request where clients reach the API over https: one that came over plain http has already shown its
 * secrets to the network, so only what changes nothing is sent on to the right address.
 */
export function plainHttp(
  { protocol, method, url }: Pick<FastifyRequest, 'protocol' | 'method' | 'url'>,
  publicUrl: string,
): PlainHttp {
  if (protocol === 'https' || !publicUrl.startsWith('https:') || exempt.test(url)) return 'allowed';
  if (method !== 'GET' && method !== 'HEAD') return 'refused';
  // A request line may hold a whole address: it must not choose where we send anybody.
  return { redirect: publicUrl + (url.startsWith('/') ? url : '/') };
}
