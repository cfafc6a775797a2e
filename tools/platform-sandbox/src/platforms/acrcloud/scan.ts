import { randomId } from '../../state/random';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { deliver } from './callbacks';
import type { GivenFile } from './files';
import { hear } from './recognition';
import { tables, type Container, type ScanFile } from './rows';
import { settingsOf } from './settings';

const lateMs = 3_600_000;

/** Puts a file into a container; what will come of it stands in its name, or is heard in its bytes. */
export function startScan(given: GivenFile, container: Container, client: Client, world: World): ScanFile {
  const settings = settingsOf(client);
  const now = world.clock.now();
  const { outcome, track } = outcomeOf(given, client, world);
  return tables.files(world).put({
    id: randomId(),
    containerId: container.id,
    name: given.name,
    uri: given.uri,
    url: given.url,
    dataType: given.dataType,
    bytes: given.content.length,
    createdAt: now,
    readyAt: now + settings.scanSeconds * 1000,
    outcome,
    track,
  });
}

const marks = [
  ['sandbox-stuck', 0],
  ['sandbox-no-result', -1],
  ['sandbox-error-3', -3],
  ['sandbox-error', -2],
] as const;

function outcomeOf(given: GivenFile, client: Client, world: World): Pick<ScanFile, 'outcome' | 'track'> {
  const mark = marks.find(([word]) => given.name.includes(word));
  if (mark) return { outcome: mark[1], track: null };
  const hearing = hear(given.content, `${given.name} ${given.url ?? ''}`, settingsOf(client), world);
  if ('code' in hearing) return { outcome: hearing.code === 1001 ? -1 : -2, track: null };
  return hearing.track ? { outcome: 1, track: hearing.track.number } : { outcome: -1, track: null };
}

/** Callbacks come when the scan is done, or as the account has been told to send them. */
export async function scheduleCallbacks(
  file: ScanFile,
  container: Container,
  client: Client,
  world: World,
): Promise<void> {
  const { callbacks } = settingsOf(client);
  const url = container.callbackUrl;
  if (!url || callbacks === 'never' || file.outcome === 0) return;
  if (callbacks === 'early') {
    await deliver({ id: randomId(), dueAt: world.clock.now(), url, fileId: file.id }, world);
    return;
  }
  const dueAt = file.readyAt + (callbacks === 'late' ? lateMs : 0);
  for (let left = callbacks === 'twice' ? 2 : 1; left > 0; left -= 1) {
    tables.callbacks(world).put({ id: randomId(), dueAt, url, fileId: file.id });
  }
}
