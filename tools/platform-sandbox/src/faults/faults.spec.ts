import { basic, callback, SandboxClient, type App } from '../../test/sandbox-client';

let sandbox: SandboxClient;
let app: App;
let tokens: { access_token: string; refresh_token: string };
beforeAll(async () => void (sandbox = await SandboxClient.start()));
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control('POST', '/reset', {});
  app = await sandbox.register('spotify', { redirect_uris: [callback], settings: { rotation: 'always' } });
  tokens = await sandbox.control('POST', '/tokens', { platform: 'spotify', client: app.client_id, user: 'ada' });
});

const fault = (facts: object) => sandbox.control('POST', '/faults', facts);
const me = () => sandbox.get('/spotify/api/v1/me', { authorization: `Bearer ${tokens.access_token}` });
const refresh = (value = tokens.refresh_token) =>
  sandbox.form('/spotify/accounts/api/token', { grant_type: 'refresh_token', refresh_token: value }, basic(app));
const requests = async (query: string) => (await sandbox.control('GET', `/requests?${query}`)).requests;

describe('a fault', () => {
  it('hits so many requests as it was told, after so many that pass', async () => {
    await fault({ failure: 'server_error', platform: 'spotify', skip: 1, times: 2 });
    const statuses = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await me()).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('stays until it is removed', async () => {
    const { id } = await fault({ failure: 'rate_limited', platform: 'spotify' });
    expect((await me()).status).toBe(429);
    expect((await me()).status).toBe(429);
    expect((await sandbox.control('GET', `/faults/${id}`)).hits).toBe(2);
    await sandbox.control('DELETE', `/faults/${id}`);
    expect((await me()).status).toBe(200);
  });

  it('hits only the platform, host, path, method, client, user and grant that it names', async () => {
    await fault({ failure: 'custom', status: 599, platform: 'tidal' });
    await fault({ failure: 'custom', status: 599, host: 'accounts' });
    await fault({ failure: 'custom', status: 599, path: '/v1/tracks*' });
    await fault({ failure: 'custom', status: 599, method: 'POST', path: '/v1/*' });
    await fault({ failure: 'custom', status: 599, client: 'other' });
    await fault({ failure: 'custom', status: 599, user: 'ben' });
    await fault({ failure: 'custom', status: 599, grant_type: 'client_credentials' });
    expect((await me()).status).toBe(200);
    expect((await sandbox.get('/spotify/api/v1/tracks/x')).status).toBe(599);
    await fault({ failure: 'custom', status: 598, client: app.client_id, user: 'ada' });
    expect((await me()).status).toBe(598);
  });

  it('lasts for a while on the virtual clock', async () => {
    const until = '2026-11-20T10:30:00.000Z';
    await fault({ failure: 'invalid_grant', platform: 'spotify', until });
    expect((await refresh()).json.error).toBe('invalid_grant');
    await sandbox.advance('30m');
    expect((await refresh()).status).toBe(200);
  });

  it('is refused when nobody knows the failure', async () => {
    const reply = await sandbox.post('/_sandbox/faults', { failure: 'mood_swing' });
    expect([reply.status, reply.json.error.message]).toEqual([400, expect.stringContaining('rate_limited')]);
    expect((await sandbox.post('/_sandbox/faults', { failure: 'cut', platform: 'napster' })).status).toBe(400);
  });
});

describe('a fault for all platforms', () => {
  it('passes those by that cannot fail so', async () => {
    await fault({ failure: 'api_key_invalid' });
    expect((await me()).status).toBe(200);
    await fault({ failure: 'rate_limited' });
    const [spotify, deezer] = [await me(), await sandbox.get('/deezer/api/infos')];
    expect([spotify.status, deezer.status, deezer.json.error.code]).toEqual([429, 200, 4]);
  });
});

describe('what is said', () => {
  it.each([
    [17, '17'],
    ['date:90', 'Fri, 20 Nov 2026 10:01:30 GMT'],
    [null, null],
    ['-1', '-1'],
    ['soon', 'soon'],
    [99_999_999_999, '99999999999'],
  ])('can be to wait, as %j', async (retry_after, expected) => {
    await fault({ failure: 'rate_limited', platform: 'spotify', retry_after });
    expect((await me()).headers.get('retry-after')).toBe(expected);
  });

  it('can be a page, half of an answer, or nothing', async () => {
    await fault({ failure: 'html_error', times: 1 });
    await fault({ failure: 'malformed_json', times: 1 });
    await fault({ failure: 'empty_body', times: 1 });
    const [page, half, nothing] = [await me(), await me(), await me()];
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    expect([half.status, half.json, half.text.length > 10]).toEqual([200, undefined, true]);
    expect([nothing.status, nothing.text]).toEqual([200, '']);
  });

  it('can be anything one makes up', async () => {
    await fault({ failure: 'custom', status: 418, body: 'teapot', headers: { 'X-Pot': '1' } });
    expect(await me()).toMatchObject({ status: 418, text: 'teapot' });
  });

  it('comes on the clock of the platform', async () => {
    await sandbox.advance('2d');
    expect((await me()).headers.get('date')).toBe('Sun, 22 Nov 2026 10:00:00 GMT');
  });
});

describe('the connection', () => {
  it('is cut before anything is done: the refresh token is still good', async () => {
    await fault({ failure: 'cut', platform: 'spotify', host: 'accounts', times: 1 });
    await expect(refresh()).rejects.toThrow('fetch failed');
    expect(await requests('host=accounts')).toEqual([expect.objectContaining({ is_processed: false, outcome: 'cut' })]);
    expect((await refresh()).status).toBe(200);
  });

  it('is cut after everything was done: the refresh token is gone, and nobody has the new one', async () => {
    await fault({ failure: 'cut', when: 'after', platform: 'spotify', host: 'accounts', times: 1 });
    await expect(refresh()).rejects.toThrow('fetch failed');
    expect(await requests('host=accounts')).toEqual([expect.objectContaining({ is_processed: true, status: null })]);
    expect((await refresh()).json.error_description).toBe('Refresh token revoked');
  });

  it('is cut in the middle of the body', async () => {
    await fault({ failure: 'cut_body', times: 1 });
    await expect(me()).rejects.toThrow('terminated');
  });

  it('hangs until the caller gives up', async () => {
    await fault({ failure: 'hang', times: 1 });
    const giveUp = new AbortController();
    const asking = sandbox.ask('/spotify/api/v1/me', { signal: giveUp.signal });
    await seen(1);
    giveUp.abort();
    await expect(asking).rejects.toThrow('aborted');
  });

  it('holds requests, before or after what they ask for, until they are released', async () => {
    const { id } = await fault({ failure: 'hold', when: 'after', host: 'accounts' });
    const asking = refresh();
    await seen(1);
    const held = await sandbox.control('GET', `/faults/${id}`);
    expect(held.held).toBe(1);
    expect(await requests('host=accounts')).toEqual([expect.objectContaining({ is_processed: true, outcome: 'open' })]);
    await sandbox.control('DELETE', `/faults/${id}`);
    expect((await asking).json).toHaveProperty('refresh_token');
  });

  it('says 503 after everything was done', async () => {
    await fault({ failure: 'server_error', when: 'after', host: 'accounts', times: 1 });
    expect((await refresh()).status).toBe(503);
    expect((await refresh()).json.error).toBe('invalid_grant');
  });

  it('is slow, and does what was asked for', async () => {
    await fault({ failure: 'slow', delay_ms: 1 });
    expect((await me()).status).toBe(200);
  });

  /** Waits until so many requests are in the journal. */
  async function seen(count: number): Promise<void> {
    while ((await sandbox.control('GET', '/requests')).count < count) await new Promise(setImmediate);
  }
});

describe('the journal', () => {
  it('has each request once, with who made it and without its secrets', async () => {
    await refresh();
    const journal = await requests(`client=${app.client_id}&grant_type=refresh_token`);
    expect(journal).toEqual([
      expect.objectContaining({ platform: 'spotify', host: 'accounts', path: '/api/token', user: 'ada', status: 200 }),
    ]);
    await sandbox.get('/deezer/connect/oauth/access_token.php?app_id=1&secret=canary&code=canary&output=json');
    const text = JSON.stringify(await sandbox.control('GET', '/requests'));
    expect(text).toContain('"output":"json"');
    for (const secret of ['canary', tokens.refresh_token, app.client_secret]) expect(text).not.toContain(secret);
  });

  it('counts concurrent callers one by one', async () => {
    await Promise.all(Array.from({ length: 100 }, () => me()));
    expect((await sandbox.control('GET', '/requests?path=/v1/*&limit=1')).count).toBe(100);
  });

  it('is emptied, and shows what is new', async () => {
    await me();
    const [{ id }] = await requests('');
    await me();
    expect(await requests(`after=${id}`)).toHaveLength(1);
    await sandbox.control('DELETE', '/requests');
    expect(await requests('')).toEqual([]);
  });
});
