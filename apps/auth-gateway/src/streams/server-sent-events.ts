/** WHATWG HTML, "Server-sent events". */
export interface ServerSentEvent {
  id: number;
  event: string;
  data: unknown;
}

/** How long a client waits before it comes back. */
export const opening = 'retry: 1000\n\n';

/** A comment, so that proxies and clients see that somebody is there. */
export const heartbeat = ': \n\n';

/** JSON has no line ends, so that one data line is enough. */
export const textOf = ({ id, event, data }: ServerSentEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The number of the event that a client saw last; 0, the beginning, where it is none of ours. */
export const lastSeen = (header: string | string[] | undefined): number =>
  typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
