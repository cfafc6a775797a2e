import { randomInt } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';

/** Whether a server can listen there; `why` is the system's code when it cannot. */
export function tryPort(port: number, host = '127.0.0.1'): Promise<{ free: true } | { free: false; why: string }> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (err: NodeJS.ErrnoException) => resolve({ free: false, why: err.code ?? err.message }));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve({ free: true })));
  });
}

/** Below the range from which systems take the ports of outgoing connections: a port stays free while its server restarts. */
async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (!taken.has(port) && (await tryPort(port)).free) return port;
  }
}

/** Free ports of 127.0.0.1, different ones. */
export async function freePorts(count: number): Promise<number[]> {
  const taken = new Set<number>();
  while (taken.size < count) taken.add(await freePort(taken));
  return [...taken];
}

/** A port for each name, the same as last time as long as nobody else has taken it; written to the file. */
export async function stablePorts<Name extends string>(
  file: string,
  names: readonly Name[],
  avoid: readonly number[] = [],
): Promise<Record<Name, number>> {
  const before: Record<string, unknown> = await fs
    .readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => ({}));
  const taken = new Set(avoid);
  const ports = {} as Record<Name, number>;
  for (const name of names) {
    const last = before[name];
    const keeps = typeof last === 'number' && !taken.has(last) && (await tryPort(last)).free;
    ports[name] = keeps ? last : await freePort(taken);
    taken.add(ports[name]);
  }
  const fresh = `${file}.${process.pid}`;
  await fs.writeFile(fresh, `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o600 });
  await fs.rename(fresh, file);
  return ports;
}
