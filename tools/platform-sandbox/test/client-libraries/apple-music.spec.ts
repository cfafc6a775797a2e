import { Client } from '@yujinakayama/apple-music';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { SandboxClient } from '../sandbox-client';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let apple: SandboxClient;
beforeAll(async () => {
  apple = await SandboxClient.start({ realNow: Date.now });
  await apple.register('apple_music', {
    client_id: 'TEAM123456',
    settings: { keys: [{ key_id: 'KEY1234567', public_key: publicKey.export({ type: 'spki', format: 'pem' }) }] },
  });
});
afterAll(() => apple.close());

const sign = (kid = 'KEY1234567') =>
  new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer('TEAM123456')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);

/** The base URL stands in the library's HTTP client, which has no option of its own. */
function clientOf(developerToken: string): Client {
  const client = new Client({ developerToken, defaultStorefront: 'us' });
  for (const resource of [client.songs, client.albums, client.artists]) {
    const http = resource['axiosInstance'] as { defaults: { baseURL: string } };
    http.defaults.baseURL = http.defaults.baseURL.replace(
      'https://api.music.apple.com',
      `${apple.url}/apple_music/api`,
    );
  }
  return client;
}

async function someSong(): Promise<string> {
  const { json } = await apple.get('/apple_music/api/v1/catalog/us/search?term=the&types=songs&limit=1', {
    authorization: `Bearer ${await sign()}`,
  });
  return json.results.songs.data[0].id;
}

const firstOf = (related?: { data: { id: string }[] }) => related?.data[0]?.id ?? '';

const attributesOf = (id: string) => ({
  albumName: expect.any(String),
  artistName: expect.any(String),
  artwork: { url: expect.stringContaining('{w}x{h}'), width: expect.any(Number), height: expect.any(Number) },
  discNumber: 1,
  durationInMillis: expect.any(Number),
  genreNames: expect.arrayContaining(['Music']),
  isrc: expect.any(String),
  name: expect.any(String),
  playParams: { id, kind: 'song' },
  previews: expect.any(Array),
  releaseDate: { year: expect.any(Number), month: expect.any(Number), day: expect.any(Number) },
  trackNumber: expect.any(Number),
  url: expect.stringContaining('https://music.apple.com/us/'),
});

describe('@yujinakayama/apple-music', () => {
  it('reads a song, every member of its type, and what it belongs to', async () => {
    const client = clientOf(await sign());
    const id = await someSong();
    const { data } = await client.songs.get(id);
    const [song] = data;
    expect(song).toMatchObject({ id, type: 'songs', href: `/v1/catalog/us/songs/${id}`, attributes: attributesOf(id) });
    const album = (await client.albums.get(firstOf(song?.relationships?.albums))).data[0];
    expect(album?.attributes).toMatchObject({
      name: song?.attributes?.albumName,
      artistName: song?.attributes?.artistName,
      trackCount: 5,
      isComplete: true,
      isSingle: false,
      recordLabel: expect.any(String),
    });
    expect(album?.relationships?.tracks?.data).toEqual(expect.arrayContaining([expect.objectContaining({ id })]));
    const artist = (await client.artists.get(firstOf(song?.relationships?.artists))).data[0];
    expect(artist?.attributes).toMatchObject({ name: song?.attributes?.artistName, genreNames: expect.any(Array) });
  });

  it('tells what does not exist, a refused token, and a limit', async () => {
    const client = clientOf(await sign());
    await expect(client.songs.get('1')).rejects.toMatchObject({
      message: 'Resource Not Found',
      httpStatusCode: 404,
      response: { errors: [{ status: '404', code: '40400' }] },
    });
    await expect(clientOf(await sign('XXXXXXXXXX')).songs.get('1')).rejects.toMatchObject({ httpStatusCode: 401 });
    await apple.control('POST', '/faults', { platform: 'apple_music', failure: 'rate_limited', times: 1 });
    await expect(client.songs.get('1')).rejects.toMatchObject({ httpStatusCode: 429 });
  });
});
