import { MsgHdrsImpl, type Msg, type MsgHdrs } from 'nats';

/*
 * nats' own `set` and `get` make several lists per header. They took as long as a short answer altogether, and made more
 * garbage than all the rest of it.
 */

const lineBreak = /[\r\n]/;

/** Headers to send. Throws for a value that would go on as a header of its own. */
export function headersOf(values: Record<string, string>): MsgHdrs {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (lineBreak.test(value)) throw new TypeError(`The header ${name} holds a line break`);
    lists[name] = [value];
  }
  return MsgHdrsImpl.fromRecord(lists);
}

/** A message's headers as they came; empty if there are none. */
export function headerBlock(message: Msg): string {
  const { data, subject, reply = '' } = message;
  // The client hands out the body as a view of what came, where the headers stand before it; and its type hides the size.
  const size = (message as Msg & { size(): number }).size();
  const length = size - subject.length - reply.length - data.length;
  const block = Buffer.from(data.buffer).toString('utf8', data.byteOffset - length, data.byteOffset);
  return block.startsWith('NATS/1.0') ? block : '';
}

/** The first value of a header; empty if there is none. */
export function headerOf(block: string, name: string): string {
  const at = block.indexOf(`\r\n${name}:`);
  if (at < 0) return '';
  const start = at + name.length + 3;
  return block.slice(start, block.indexOf('\r\n', start)).trim();
}
