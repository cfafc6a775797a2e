import pino, { type DestinationStream, type Logger } from 'pino';

type Level = 'debug' | 'info';

/** Writes one line with these members, `"name":value,` each, and the time. */
export type PlainLines = (members: string) => void;

/**
 * For the one line that every request writes: past pino's serialisers and the search for secrets, which cost more than the
 * rest of a request. So whoever writes makes sure that each member is safe: named here and made by us, or `safeText`.
 */
export function plainLines(logger: Logger, level: Level, message: string): PlainLines | null {
  if (!logger.isLevelEnabled(level)) return null;
  const inside = logger as unknown as Record<symbol, unknown>;
  const stream = inside[pino.symbols.streamSym] as DestinationStream;
  const bindings = String(inside[pino.symbols.chindingsSym]).slice(1);
  const end = `${bindings},"msg":${JSON.stringify(message)}}\n`;
  const start = `{"level":"${level}","time":"`;
  let writtenAt = 0;
  let head = '';
  return (members) => {
    const now = Date.now();
    if (now !== writtenAt) {
      writtenAt = now;
      head = `${start}${new Date(now).toISOString()}",`;
    }
    stream.write(head + members + end);
  };
}
