import { empty, json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { get, post, put, remove, type Handler, type Route } from '../../http/route';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { authenticated } from './console-token';
import { laravelTime, missing, ownContainer } from './containers';
import { listAnswer } from './listing';
import { consoleProblems, invalidFields } from './problems';
import { stateOf, tables, type Container, type ScanFile } from './rows';
import { scanResults } from './scan-results';
import { settingsOf } from './settings';
import { scheduleCallbacks, startScan } from './scan';
import { announceUpload, receiveUpload, takeUpload } from './uploads';

type Endpoint = (call: Call, container: Container, client: Client, world: World) => Answer | Promise<Answer>;

/** https://docs.acrcloud.com/reference/console-api/file-scanning/file-scanning: files are on the host of their container's region only. */
export const fileRoutes: Route[] = [
  get('/api/fs-containers/:cid/files', inContainer(listFiles)),
  post('/api/fs-containers/:cid/files', inContainer(addFile)),
  get('/api/fs-containers/:cid/files/:id', inContainer(getFile)),
  remove('/api/fs-containers/:cid/files/:id', inContainer(removeFiles)),
  put('/api/fs-containers/:cid/files/:id/rescan', inContainer(rescanFiles)),
  get('/api/fs-containers/:cid/presigned-upload', inContainer(announceUpload)),
  put('/uploads/:key', receiveUpload),
];

function inContainer(endpoint: Endpoint): Handler {
  return authenticated((call, client, world) => {
    const settings = settingsOf(client);
    if (!settings.hasFileScanning) return consoleProblems.noFileScanning;
    const container = ownContainer(call, client, world);
    const region = call.target.region ?? settings.region;
    if (!container || (region !== null && container.region !== region)) return missing(client);
    return endpoint(call, container, client, world);
  });
}

const filesOf = (container: Container, world: World) =>
  tables.files(world).list(({ containerId }) => containerId === container.id);

function listFiles(call: Call, container: Container, client: Client, world: World): Answer {
  const [state, search] = [call.query.get('state'), call.query.get('search') ?? ''];
  const isWanted = (file: ScanFile) =>
    (state === null || String(stateOf(file, world)) === state) && file.name.includes(search);
  const withResults = call.query.get('with_result') === '1';
  const shown = filesOf(container, world)
    .filter(isWanted)
    .map((file) => show(file, { container, client, world, withResults }));
  return listAnswer(call, shown);
}

/** One file, in a list: that is how it is documented. */
function getFile(call: Call, container: Container, client: Client, world: World): Answer {
  const file = find(call.param('id'), container, world);
  if (file) return json(200, { data: [show(file, { container, client, world, withResults: true })] });
  return settingsOf(client).unknownFile === 'empty_list' ? json(200, { data: [] }) : consoleProblems.notFound;
}

async function addFile(call: Call, container: Container, client: Client, world: World): Promise<Answer> {
  const given = (await fromForm(call)) ?? fromJson(call, container, world);
  if ('status' in given) return given;
  const file = startScan(given, container, client, world);
  await scheduleCallbacks(file, container, client, world);
  return json(200, { data: show({ ...file, readyAt: Infinity }, { container, client, world, withResults: false }) });
}

/** What a scan starts from. */
export interface GivenFile {
  readonly name: string;
  readonly uri: string;
  readonly url: string | null;
  readonly dataType: string;
  readonly content: Buffer;
}

async function fromForm(call: Call): Promise<GivenFile | Answer | undefined> {
  const form = await call.multipart();
  if (!form) return undefined;
  const file = form.get('file');
  if (!(file instanceof File)) return invalidFields({ file: ['The file field is required.'] });
  const dataType = form.get('data_type');
  if (dataType !== 'audio' && dataType !== 'fingerprint') {
    return invalidFields({ data_type: ['The selected data type is invalid.'] });
  }
  const name = form.get('name');
  const content = Buffer.from(await file.arrayBuffer());
  return { name: typeof name === 'string' ? name : file.name, uri: `audio:${file.name}`, url: null, dataType, content };
}

function fromJson(call: Call, container: Container, world: World): GivenFile | Answer {
  const body = call.json() ?? {};
  const textOf = (name: string) => (typeof body[name] === 'string' ? String(body[name]) : '');
  const [dataType, url, key] = [textOf('data_type'), textOf('url'), textOf('key')];
  const name = textOf('name') || textOf('filename') || url;
  if (key) {
    const content = takeUpload(key, container, world);
    if (!content) return invalidFields({ key: ['The key is invalid.'] });
    return { name, uri: `audio:${textOf('filename')}`, url: null, dataType, content };
  }
  if (!['audio_url', 'platforms'].includes(dataType) || !URL.canParse(url)) {
    return invalidFields({ url: ['The url format is invalid.'] });
  }
  const uri =
    dataType === 'audio_url' ? `audio_url:${url}` : `youtube:video:${new URL(url).searchParams.get('v') ?? ''}`;
  return { name, uri, url, dataType, content: Buffer.from(url) };
}

function removeFiles(call: Call, container: Container, _client: Client, world: World): Answer {
  for (const id of call.param('id').split(',')) {
    if (find(id, container, world)) tables.files(world).delete(id);
  }
  return empty(204);
}

async function rescanFiles(call: Call, container: Container, client: Client, world: World): Promise<Answer> {
  for (const id of call.param('id').split(',')) {
    const file = find(id, container, world);
    const readyAt = world.clock.now() + settingsOf(client).scanSeconds * 1000;
    if (file) await scheduleCallbacks(tables.files(world).update(id, { readyAt }), container, client, world);
  }
  return json(200, {});
}

function find(id: string, container: Container, world: World): ScanFile | undefined {
  const file = tables.files(world).find(id);
  return file?.containerId === container.id ? file : undefined;
}

interface Scene {
  readonly container: Container;
  readonly client: Client;
  readonly world: World;
  readonly withResults: boolean;
}

function show(file: ScanFile, { container, client, world, withResults }: Scene) {
  const state = stateOf(file, world);
  const at = laravelTime(file.createdAt);
  return {
    id: file.id,
    uid: Number(container.account),
    cid: Number(container.id),
    name: file.name,
    duration: '223',
    uri: file.uri,
    ...(file.url && { url: file.url }),
    data_type: file.dataType,
    engine: container.engine,
    count: state === 1 ? 6 : 0,
    total: 0,
    state,
    music_detected: 0,
    created_at: at,
    updated_at: at,
    ...(withResults && { results: state === 1 ? scanResults(file, container, client) : null }),
  };
}
