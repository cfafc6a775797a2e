import ACRCloud from 'acrcloud';
import https from 'node:https';
import { generate } from 'selfsigned';
import { SandboxClient } from '../sandbox-client';

const project = { access_key: 'a'.repeat(32), access_secret: 's'.repeat(40) };
const known = Buffer.concat([Buffer.from('sandbox-track-7'), Buffer.alloc(4_000, 'song')]);
const unknown = Buffer.alloc(4_000, 'noise');

let acrcloud: SandboxClient;
/** The library's base URL is a host, and its scheme is https: whom Node takes for a host is part of the base URL here. */
const trusted = https.globalAgent.options.ca;
beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'sandbox' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  https.globalAgent.options.ca = cert;
  acrcloud = await SandboxClient.start({ realNow: Date.now }, { key, cert });
  await acrcloud.register('acrcloud', { client_id: '80001', settings: { projects: [project] } });
});
afterAll(async () => {
  https.globalAgent.options.ca = trusted;
  await acrcloud.close();
});

const library = (changes: object = {}, region = 'eu-west-1') =>
  new ACRCloud({ host: `${acrcloud.tlsHost}/acrcloud/identify-${region}.acrcloud.com`, ...project, ...changes });

describe('acrcloud', () => {
  it('recognises a song, every member of its type', async () => {
    const { status, metadata } = await library().identify(known);
    expect(status).toEqual({ msg: 'Success', code: 0, version: '1.0' });
    expect(metadata.timestamp_utc).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(metadata.music[0]).toMatchObject({
      acrid: expect.stringMatching(/^[0-9a-f]{32}$/),
      album: { name: expect.any(String) },
      artists: [{ name: expect.any(String) }],
      duration_ms: expect.any(Number),
      external_ids: { isrc: expect.any(String) },
      play_offset_ms: expect.any(Number),
      release_date: expect.any(String),
      score: expect.any(Number),
      title: expect.any(String),
    });
  });

  it('tells unknown music, a wrong key, a wrong secret, another region and a limit apart', async () => {
    const codeOf = async (client: ACRCloud, sample = known) => (await client.identify(sample)).status.code;
    expect(await codeOf(library(), unknown)).toBe(1001);
    expect(await codeOf(library({ access_key: 'b'.repeat(32) }))).toBe(3001);
    expect(await codeOf(library({ access_secret: 'wrong' }))).toBe(3014);
    expect(await codeOf(library({}, 'us-west-2'))).toBe(3001);
    await acrcloud.control('POST', '/faults', { platform: 'acrcloud', failure: 'qps_exceeded', times: 1 });
    expect(await codeOf(library())).toBe(3015);
  });
});
