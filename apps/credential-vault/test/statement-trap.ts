import net from 'node:net';

/** A way to Postgres that watches what is asked there, and springs a trap at a statement: it never arrives. */
export interface StatementTrap {
  url: string;
  /** The next statement that has this in it springs the trap, once. */
  arm(text: string, spring: () => void): void;
  close(): Promise<void>;
}

/** What a client sends to be planned (message P), or as plain text (message Q). */
const isStatement = (data: Buffer) => data[0] === 0x50 || data[0] === 0x51;

export async function startStatementTrap(databaseUrl: string): Promise<StatementTrap> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let trap: { text: string; spring: () => void } | undefined;
  const springs = (data: Buffer) =>
    trap !== undefined && isStatement(data) && data.toString('latin1').includes(trap.text);
  const server = net.createServer((from) => {
    const to = net.connect(Number(target.port), target.hostname);
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    to.pipe(from);
    from.on('end', () => to.end());
    from.on('data', (data) => {
      if (!springs(data as Buffer)) return to.write(data);
      const { spring } = trap!;
      trap = undefined;
      spring();
      return false;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(databaseUrl);
  own.host = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  return {
    url: own.href,
    arm(text, spring) {
      trap = { text, spring };
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
