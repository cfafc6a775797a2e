import { randomId } from '../../state/random';
import type { World } from '../../state/world';
import { tables, type Callback } from './rows';
import { scanResults } from './scan-results';
import { platform } from './settings';

/** Sends what is due; each only once, whatever comes of it. */
export function sendDueCallbacks(world: World): void {
  const now = world.clock.now();
  for (const callback of tables.callbacks(world).list(({ dueAt }) => dueAt <= now)) {
    tables.callbacks(world).delete(callback.id);
    void deliver(callback, world);
  }
}

/** An unsigned POST, as ACRCloud's is: `file_id`, not `id`, and nothing that proves where it comes from. */
export async function deliver({ url, fileId }: Callback, world: World): Promise<void> {
  const file = tables.files(world).find(fileId);
  const container = file && tables.containers(world).find(file.containerId);
  const client = container && world.client(platform, container.account);
  if (!file || !container || !client) return;
  const { outcome: state, name } = file;
  const results = scanResults(file, container, client);
  await send(url, { file_id: file.id, state, cid: Number(container.id), name, results }, world);
}

/** Sends a body, and keeps on record what became of it. */
export async function send(url: string, body: unknown, world: World): Promise<void> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: text, signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  tables.deliveries(world).put({
    id: randomId(),
    at: new Date(world.clock.now()).toISOString(),
    url,
    bytes: Buffer.byteLength(text),
    status: answer?.status ?? null,
  });
}
