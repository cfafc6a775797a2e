import net from 'node:net';

/** A way to Postgres that watches what is asked there, and springs a trap at a statement: it never arrives. */
export interface StatementTrap {
  url: string;
  /** Counts from the first statement that has this in it; the n-th one from there springs the trap. */
  arm(from: string, n: number, spring: () => void): void;
  close(): Promise<void>;
}

/** Rounds that a service makes by itself are none of the work that is watched. */
const rounds = [
  /FROM outbox/,
  /next_trial_at/,
  /reauth_told_days/,
  /lock_owner = \$1/,
  /last_used_at = \$1/,
  /retired_at/,
];

/** What a client sends to be planned (message P), or as plain text (message Q). */
const isStatement = (data: Buffer) => data[0] === 0x50 || data[0] === 0x51;

export async function startStatementTrap(databaseUrl: string): Promise<StatementTrap> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let trap: { from: string; n: number; spring: () => void } | undefined;
  let counted = 0;

  const springs = (data: Buffer): boolean => {
    if (!trap || !isStatement(data)) return false;
    const text = data.toString('latin1');
    if (counted === 0 && !text.includes(trap.from)) return false;
    if (rounds.some((round) => round.test(text))) return false;
    counted += 1;
    return counted >= trap.n;
  };
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
    arm(from, n, spring) {
      counted = 0;
      trap = { from, n, spring };
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
