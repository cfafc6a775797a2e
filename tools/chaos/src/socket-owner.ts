import fs from 'node:fs/promises';

/** Which of the processes is at the other end of a connection from that port of 127.0.0.1: as the kernel tells it, on Linux. */
export async function socketOwner(port: number, pids: readonly number[]): Promise<number | undefined> {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = (await fs.readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const inode = table.find((columns) => columns[1] === local)?.[9];
  for (const pid of pids) {
    const files = await fs.readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(files.map((fd) => fs.readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (targets.includes(`socket:[${inode}]`)) return pid;
  }
  return undefined;
}
