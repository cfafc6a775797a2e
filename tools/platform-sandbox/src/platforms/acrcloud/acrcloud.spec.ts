import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SandboxClient } from '../../../test/sandbox-client';

const project = {
  access_key: '00112233445566778899aabbccddeeff',
  access_secret: 'sandboxSandboxSandboxSandboxSandbox12345',
};
const container = {
  name: 'Songs',
  region: 'eu-west-1',
  audio_type: 'linein',
  buckets: [23],
  engine: 3,
  policy: { type: 'traverse', interval: 0, rec_length: 10 },
};

let acrcloud: SandboxClient;
let account: string;
let bearer: string;
beforeAll(async () => void (acrcloud = await SandboxClient.start()));
afterAll(() => acrcloud.close());
beforeEach(async () => {
  await acrcloud.control('POST', '/reset', {});
  account = (
    await acrcloud.control('POST', '/clients', {
      platform: 'acrcloud',
      client_id: '80001',
      settings: { projects: [project] },
    })
  ).client_id;
  bearer = (await acrcloud.control('POST', '/acrcloud/tokens', { account })).bearer_token;
});

const set = (settings: object) => acrcloud.control('PATCH', `/clients/acrcloud/${account}`, { settings });
const authorized = () => ({ authorization: `Bearer ${bearer}`, accept: 'application/json' });
const console = (path: string) => acrcloud.get(`/acrcloud/console/api${path}`, authorized());
const files = (path: string, host = 'files') => acrcloud.get(`/acrcloud/${host}/api${path}`, authorized());
const loud = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 251));

function identifyForm(sample: Buffer, changes: Record<string, string> = {}): FormData {
  const fields = {
    access_key: project.access_key,
    data_type: 'audio',
    signature_version: '1',
    timestamp: '1760000000',
    ...changes,
  };
  const signed = ['POST', '/v1/identify', fields.access_key, fields.data_type, '1', fields.timestamp].join('\n');
  const signature = createHmac('sha1', project.access_secret).update(signed).digest('base64');
  const form = new FormData();
  const all = { sample_bytes: String(sample.length), signature, ...fields };
  for (const [name, value] of Object.entries(all)) form.append(name, value);
  form.append('sample', new Blob([new Uint8Array(sample)]), 'sample');
  return form;
}

const identify = async (sample = loud, changes: Record<string, string> = {}, host = 'identify') =>
  acrcloud.ask(`/acrcloud/${host}/v1/identify`, { method: 'POST', body: identifyForm(sample, changes) });

async function makeContainer(more: object = {}): Promise<number> {
  const made = await acrcloud.post('/acrcloud/console/api/fs-containers', { ...container, ...more }, authorized());
  return made.json.data.id;
}

async function upload(cid: number, name: string, host = 'files') {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(loud)]), name);
  form.append('data_type', 'audio');
  const path = `/acrcloud/${host}/api/fs-containers/${cid}/files`;
  return acrcloud.ask(path, { method: 'POST', body: form, headers: authorized() });
}

describe('identify', () => {
  it('verifies the signature of the published test vector', async () => {
    const form = identifyForm(loud);
    expect(form.get('signature')).toBe('5MU/8qwS0R8GJpe67uzMcKwr2UU=');
    const { json } = await identify();
    expect(json).toEqual({ status: { msg: 'No result', code: 1001, version: '1.0' } });
  });

  it.each([
    ['3014 for a signature over another timestamp', { signature: 'AAAA' }, 3014],
    ['3001 for an unknown key', { access_key: 'f'.repeat(32) }, 3001],
    ['3006 for a wrong length', { sample_bytes: '1' }, 3006],
    ['3006 for a missing field', { data_type: '' }, 3006],
  ])('says %s, with status 200', async (_, changes, code) => {
    const reply = await identify(loud, changes);
    expect([reply.status, reply.json.status.code]).toEqual([200, code]);
  });

  it('says 3002 to what is no multipart form', async () => {
    expect((await acrcloud.form('/acrcloud/identify/v1/identify', { a: 'b' })).json.status.code).toBe(3002);
  });

  it('knows a key in its own region only', async () => {
    expect((await identify(loud, {}, 'identify-eu-west-1.acrcloud.com')).json.status.code).toBe(1001);
    expect((await identify(loud, {}, 'identify-us-west-2.acrcloud.com')).json.status.code).toBe(3001);
  });

  it('hears marked samples, told samples, silence, and samples that are too large', async () => {
    const marked = (await identify(Buffer.concat([loud, Buffer.from('sandbox-track-12')]))).json;
    expect(marked.status).toEqual({ msg: 'Success', code: 0, version: '1.0' });
    const [best, other] = marked.metadata.music;
    expect(best.external_ids.isrc).toBe('ZZSBX2600012');
    expect(other.external_ids.isrc).toBe('ZZSBX2600012');
    expect(other).not.toHaveProperty('external_metadata');
    expect(marked.metadata.custom_files[0].audio_id).toEqual(expect.any(String));
    const sha256 = createHash('sha256').update(loud).digest('hex');
    await acrcloud.control('POST', '/acrcloud/samples', { sha256, track: 3 });
    expect((await identify()).json.metadata.music[0].external_ids.isrc).toBe('ZZSBX2600003');
    expect((await identify(Buffer.alloc(16_044))).json.status.code).toBe(2004);
    expect((await identify(Buffer.alloc(6_000_000, 'ab'))).json.status.code).toBe(3016);
  });

  it('runs into the limits of a plan', async () => {
    await set({ projects: [{ ...project, requests_per_second: 1, calls_max: 2 }] });
    expect((await identify()).json.status.code).toBe(1001);
    expect((await identify()).json.status).toMatchObject({ code: 3015, msg: expect.stringContaining('QpS') });
    await acrcloud.advance('1s');
    expect((await identify()).json.status.code).toBe(1001);
    await acrcloud.advance('1s');
    expect((await identify()).json.status.code).toBe(3003);
  });

  it('knows nothing without the bucket of music', async () => {
    await set({ recognises: 'everything' });
    expect((await identify()).json.status.code).toBe(0);
    await set({ projects: [{ ...project, has_music_bucket: false }] });
    expect((await identify()).json.status.code).toBe(1001);
  });
});

describe('the console token', () => {
  it('is a long JWT without issuer, with fractions in its times', () => {
    expect(bearer.length).toBeGreaterThan(1000);
    const claims = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).not.toHaveProperty('iss');
    expect(Number.isInteger(claims.exp)).toBe(false);
    expect(claims.exp - claims.iat).toBeGreaterThan(9 * 365 * 86_400);
  });

  it("is refused in the same misleading words when it is none, a project's key, expired or revoked", async () => {
    const refused = { status: 403, json: { message: 'Authentication Exception' } };
    for (const token of ['nonsense', project.access_key]) {
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      expect(await acrcloud.get('/acrcloud/console/api/fs-containers', headers)).toMatchObject(refused);
    }
    await acrcloud.control('POST', '/acrcloud/tokens/revoke', { account });
    expect(await console('/fs-containers')).toMatchObject(refused);
    bearer = (await acrcloud.control('POST', '/acrcloud/tokens', { account, seconds: 60 })).bearer_token;
    expect((await console('/fs-containers')).status).toBe(200);
    await acrcloud.advance('61s');
    expect(await console('/fs-containers')).toMatchObject(refused);
  });

  it('is refused as Laravel does it when told so', async () => {
    await set({ refusal: 'laravel_401' });
    await acrcloud.control('POST', '/acrcloud/tokens/revoke', { account });
    expect(await console('/fs-containers')).toMatchObject({ status: 401, json: { message: 'Unauthenticated.' } });
    const asPage = await acrcloud.get('/acrcloud/console/api/fs-containers', { authorization: `Bearer ${bearer}` });
    expect(asPage.status).toBe(302);
  });
});

describe('containers', () => {
  it('are made, listed by page, changed and deleted', async () => {
    const [first] = [await makeContainer(), await makeContainer({ name: 'Other' })];
    const { data, meta } = (await console('/fs-containers?per_page=1&page=2')).json;
    expect([data.length, data[0].name, meta.total, meta.last_page]).toEqual([1, 'Other', 2, 2]);
    const path = `/acrcloud/console/api/fs-containers/${first}`;
    const changed = await acrcloud.ask(path, {
      method: 'PUT',
      headers: { ...authorized(), 'content-type': 'application/json' },
      body: '{"name":"New"}',
    });
    expect(changed.json.data.name).toBe('New');
    expect((await acrcloud.ask(path, { method: 'DELETE', headers: authorized() })).status).toBe(204);
    expect(await console(`/fs-containers/${first}`)).toMatchObject({
      status: 404,
      json: { message: 'Invalid Container' },
    });
  });

  it('say which fields are wrong', async () => {
    const { status, json } = await acrcloud.post('/acrcloud/console/api/fs-containers', {}, authorized());
    expect([status, Object.keys(json.errors)]).toEqual([422, expect.arrayContaining(['name', 'region', 'engine'])]);
  });

  it('are invisible to other accounts and from other regions', async () => {
    const cid = await makeContainer();
    expect((await files(`/fs-containers/${cid}/files`, 'api-eu-west-1.acrcloud.com')).status).toBe(200);
    expect((await files(`/fs-containers/${cid}/files`, 'api-us-west-2.acrcloud.com')).json.message).toBe(
      'Invalid Container',
    );
    expect((await files('/fs-containers/10001/files')).json.message).toBe('Invalid Container');
    await set({ region: 'us-west-2', invalid_container_status: 403 });
    expect((await files(`/fs-containers/${cid}/files`)).status).toBe(403);
  });
});

describe('file scanning', () => {
  it('goes from processing to results as time passes; one answer is an object, the other a list', async () => {
    const cid = await makeContainer({ music_detection: 1, ai_detection: true });
    const uploaded = (await upload(cid, 'sandbox-track-5.mp3')).json.data;
    expect(uploaded.state).toBe(0);
    const path = `/fs-containers/${cid}/files/${uploaded.id}`;
    expect((await files(path)).json.data[0]).toMatchObject({ state: 0, results: null });
    await acrcloud.advance('2s');
    const [file] = (await files(path)).json.data;
    expect(file.state).toBe(1);
    expect(Object.keys(file.results)).toEqual(['music', 'cover_songs', 'music_speech', 'ai_detection']);
  });

  it('has results with all their oddities', async () => {
    const cid = await makeContainer();
    const { id } = (await upload(cid, 'sandbox-track-5.mp3')).json.data;
    await acrcloud.advance('2s');
    const [file] = (await files(`/fs-containers/${cid}/files/${id}`)).json.data;
    const { music, cover_songs } = file.results;
    expect(music.some(({ result }: { result: object }) => !('acrid' in result))).toBe(true);
    expect(music.some(({ result }: { result: { external_ids: unknown } }) => Array.isArray(result.external_ids))).toBe(
      true,
    );
    expect(music.some(({ result }: { result: object }) => 'score' in result)).toBe(true);
    expect(music[0].engine_type).toBe('1');
    expect(cover_songs[0]).not.toHaveProperty('score');
    expect(cover_songs[0].result.release_date).toBeNull();
    await set({ has_text_results: true, has_large_results: true });
    const large = await files(`/fs-containers/${cid}/files/${id}`);
    expect(typeof large.json.data[0].results.music[0].result).toBe('string');
    expect(large.text.length).toBeGreaterThan(200_000);
  });

  it.each([
    ['song.mp3', -1],
    ['sandbox-no-result.mp3', -1],
    ['sandbox-error.mp3', -2],
    ['sandbox-error-3.mp3', -3],
    ['sandbox-stuck.mp3', 0],
  ])('ends %s in state %d', async (name, state) => {
    const cid = await makeContainer();
    const { id } = (await upload(cid, name)).json.data;
    await acrcloud.advance('1h');
    expect((await files(`/fs-containers/${cid}/files/${id}`)).json.data[0]).toMatchObject({ state, results: null });
  });

  it('lists with results only when asked, rescans, and deletes several at once', async () => {
    const cid = await makeContainer();
    const ids = [(await upload(cid, 'sandbox-track-1.mp3')).json.data.id, (await upload(cid, 'b.mp3')).json.data.id];
    await acrcloud.advance('2s');
    const path = `/fs-containers/${cid}/files`;
    expect((await files(path)).json.data[0]).not.toHaveProperty('results');
    expect((await files(`${path}?with_result=1&state=1`)).json.data).toEqual([
      expect.objectContaining({ id: ids[0], results: expect.any(Object) }),
    ]);
    await acrcloud.ask(`/acrcloud/files/api${path}/${ids[0]}/rescan`, { method: 'PUT', headers: authorized() });
    expect((await files(`${path}/${ids[0]}`)).json.data[0].state).toBe(0);
    await acrcloud.ask(`/acrcloud/files/api${path}/${ids.join(',')}`, { method: 'DELETE', headers: authorized() });
    expect((await files(path)).json.meta.total).toBe(0);
    expect(await files(`${path}/${ids[0]}`)).toMatchObject({ status: 404 });
    await set({ unknown_file: 'empty_list' });
    expect(await files(`${path}/${ids[0]}`)).toMatchObject({ status: 200, json: { data: [] } });
  });

  it('takes an upload by an address of its own, with exactly its headers, for a while', async () => {
    const cid = await makeContainer();
    const path = `/fs-containers/${cid}/presigned-upload?filename=sandbox-track-2.mp3&content_type=audio/mpeg`;
    const { presigned_url, key } = (await files(path)).json.data;
    const put = (type: string) =>
      acrcloud.ask(presigned_url, { method: 'PUT', body: new Uint8Array(loud), headers: { 'content-type': type } });
    expect((await put('audio/wav')).status).toBe(403);
    expect((await put('audio/mpeg')).status).toBe(200);
    const body = { data_type: 'audio', key, filename: 'sandbox-track-2.mp3' };
    const made = await acrcloud.post(`/acrcloud/files/api/fs-containers/${cid}/files`, body, authorized());
    expect(made.json.data.uri).toBe('audio:sandbox-track-2.mp3');
    const late = (await files(path)).json.data;
    await acrcloud.advance('16m');
    const refused = await acrcloud.ask(late.presigned_url, {
      method: 'PUT',
      body: 'x',
      headers: { 'content-type': 'audio/mpeg' },
    });
    expect(refused.status).toBe(403);
  });

  it('takes links', async () => {
    const cid = await makeContainer();
    const add = (body: object) => acrcloud.post(`/acrcloud/files/api/fs-containers/${cid}/files`, body, authorized());
    expect((await add({ data_type: 'audio_url', url: 'https://a.example/b.mp3' })).json.data.uri).toBe(
      'audio_url:https://a.example/b.mp3',
    );
    expect((await add({ data_type: 'platforms', url: 'https://www.youtube.com/watch?v=abc' })).json.data.uri).toBe(
      'youtube:video:abc',
    );
    expect((await add({ data_type: 'audio_url', url: 'no' })).status).toBe(422);
  });

  it('is closed to accounts without it', async () => {
    const cid = await makeContainer();
    await set({ has_file_scanning: false });
    expect((await files(`/fs-containers/${cid}/files`)).status).toBe(403);
    expect((await console('/fs-containers')).status).toBe(200);
  });
});

describe('the callback', () => {
  /** Somebody who is called back: settles with so many bodies. */
  async function receiver(count: number) {
    const bodies: Record<string, unknown>[] = [];
    let done: (all: typeof bodies) => void;
    const all = new Promise<typeof bodies>((resolve) => (done = resolve));
    const server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
        res.end();
        if (bodies.length === count) done(bodies);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, all, bodies, close };
  }

  it('comes when the scan is done, to the address of the container, unsigned', async () => {
    const { url, all, bodies, close } = await receiver(1);
    const cid = await makeContainer({ callback_url: url });
    const { id } = (await upload(cid, 'sandbox-track-7.mp3')).json.data;
    expect(bodies).toEqual([]);
    await acrcloud.advance('2s');
    const [body] = await all;
    expect(body).toMatchObject({ file_id: id, state: 1, cid, name: 'sandbox-track-7.mp3' });
    expect(body).not.toHaveProperty('id');
    await close();
  });

  it('comes twice, or before the upload is answered, when told so', async () => {
    await set({ callbacks: 'twice' });
    const twice = await receiver(2);
    const cid = await makeContainer({ callback_url: twice.url });
    await upload(cid, 'a.mp3');
    await acrcloud.advance('2s');
    expect(await twice.all).toHaveLength(2);
    await twice.close();
    await set({ callbacks: 'early' });
    const early = await receiver(1);
    await upload(await makeContainer({ callback_url: early.url }), 'b.mp3');
    expect(early.bodies).toHaveLength(1);
    await early.close();
  });

  it('can be forged by anybody', async () => {
    const { url, all, close } = await receiver(1);
    await acrcloud.control('POST', '/acrcloud/callbacks', { url, result: { file_id: 'unknown', state: 1 } });
    expect(await all).toEqual([{ file_id: 'unknown', state: 1 }]);
    expect((await acrcloud.control('GET', '/acrcloud/callbacks')).sent).toHaveLength(1);
    await close();
  });
});
