import { z } from 'zod';
import { empty, json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, put, remove, type Route } from '../../http/route';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { authenticated } from './console-token';
import { listAnswer } from './listing';
import { consoleProblems, invalidFields } from './problems';
import { tables, type Container } from './rows';
import { regions, settingsOf } from './settings';

const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);
const fields = z.object({
  name: z.string().min(1),
  region: z.enum(regions),
  audio_type: z.enum(['linein', 'recorded']),
  buckets: z.array(z.union([z.number(), z.string()])),
  engine: z.int().min(1).max(5),
  policy: z.looseObject({ type: z.enum(['traverse', 'points']) }),
  callback_url: z.string().nullable().optional(),
  deepright: flag.optional(),
  music_detection: flag.optional(),
  ai_detection: flag.optional(),
});

/** https://docs.acrcloud.com/reference/console-api/file-scanning/file-scanning: containers are the same on all hosts. */
export const containerRoutes: Route[] = [
  get('/api/fs-containers', authenticated(listContainers)),
  post('/api/fs-containers', authenticated(createContainer)),
  get(
    '/api/fs-containers/:cid',
    authenticated((call, client, world) => {
      const container = ownContainer(call, client, world);
      return container ? json(200, { data: show(container, world) }) : missing(client);
    }),
  ),
  put('/api/fs-containers/:cid', authenticated(changeContainer)),
  remove(
    '/api/fs-containers/:cid',
    authenticated((call, client, world) => {
      const container = ownContainer(call, client, world);
      if (!container) return missing(client);
      tables.containers(world).delete(container.id);
      tables.files(world).deleteAll(({ containerId }) => containerId === container.id);
      return empty(204);
    }),
  ),
];

/** A container of this account. */
export function ownContainer(call: Call, client: Client, world: World): Container | undefined {
  const container = tables.containers(world).find(call.param('cid'));
  return container?.account === client.clientId ? container : undefined;
}

/** What is said about a container that is not there, or of somebody else, or of another region. */
export const missing = (client: Client): Answer =>
  consoleProblems.invalidContainer(settingsOf(client).invalidContainerStatus);

function listContainers(call: Call, client: Client, world: World): Answer {
  const { region, name } = { region: call.query.get('region'), name: call.query.get('name') };
  const own = tables
    .containers(world)
    .list(
      (row) => row.account === client.clientId && (!region || row.region === region) && (!name || row.name === name),
    );
  return listAnswer(
    call,
    own.map((container) => show(container, world)),
  );
}

function createContainer(call: Call, client: Client, world: World): Answer {
  const result = fields.safeParse(call.json() ?? {});
  if (!result.success) return invalidFields(z.flattenError(result.error).fieldErrors);
  const { buckets, audio_type, callback_url, deepright, music_detection, ai_detection, ...rest } = result.data;
  const last = Math.max(
    10_000,
    ...tables
      .containers(world)
      .list()
      .map(({ id }) => Number(id)),
  );
  const container = tables.containers(world).put({
    ...rest,
    id: String(last + 1),
    account: client.clientId,
    audioType: audio_type,
    buckets: buckets.map((bucket) => ({ id: Number(bucket) || 23, name: 'ACRCloud Music' })),
    callbackUrl: callback_url ?? null,
    flags: {
      deepright: deepright ?? false,
      music_detection: music_detection ?? false,
      ai_detection: ai_detection ?? false,
    },
    createdAt: world.clock.now(),
  });
  return json(201, { data: show(container, world) });
}

function changeContainer(call: Call, client: Client, world: World): Answer {
  const container = ownContainer(call, client, world);
  if (!container) return missing(client);
  const result = fields.partial().safeParse(call.json() ?? {});
  if (!result.success) return invalidFields(z.flattenError(result.error).fieldErrors);
  const { name, engine, policy, callback_url, music_detection, ai_detection } = result.data;
  const changed = tables.containers(world).update(container.id, {
    name: name ?? container.name,
    engine: engine ?? container.engine,
    policy: policy ?? container.policy,
    callbackUrl: callback_url === undefined ? container.callbackUrl : callback_url,
    flags: {
      ...container.flags,
      ...(music_detection !== undefined && { music_detection }),
      ...(ai_detection !== undefined && { ai_detection }),
    },
  });
  return json(200, { data: show(changed, world) });
}

function show(container: Container, world: World) {
  const files = tables.files(world).list(({ containerId }) => containerId === container.id);
  const at = laravelTime(container.createdAt);
  return {
    id: Number(container.id),
    uid: Number(container.account),
    name: container.name,
    region: container.region,
    audio_type: container.audioType,
    engine: container.engine,
    policy: container.policy,
    buckets: container.buckets,
    num: files.length,
    size: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...container.flags,
    callback_url: container.callbackUrl,
    created_at: at,
    updated_at: at,
  };
}

/** Six digits after the seconds. */
export const laravelTime = (ms: number): string => new Date(ms).toISOString().replace(/Z$/, '000Z');
