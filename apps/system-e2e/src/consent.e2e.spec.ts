import { Closer } from '@musicgen/testing';
import type { Browser, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from './back-end';
import { startBrowser } from './browser';
import { client, newUser, type Client } from './client';

const platforms = [
  ['spotify', 'Spotify', 'Ben Sandbox', 'client_id', 'client_secret'],
  ['youtube_music', 'YouTube Music', 'Ben Sandbox', 'client_id', 'client_secret'],
  ['amazon_music', 'Amazon Music', 'Ben Sandbox', 'client_id', 'client_secret'],
  ['tidal', 'Tidal', 'ben@sandbox.example', 'client_id', 'client_secret'],
  ['deezer', 'Deezer', 'Ben Sandbox', 'app_id', 'secret'],
] as const;
const email = 'consenting@example.com';
const password = 'a long pass phrase';

let backEnd: BackEnd;
let browser: Browser;
let ask: Client;

const closer = new Closer();
beforeAll(async () => {
  [backEnd, browser] = await Promise.all([
    closer.open(startBackEnd(), ({ stop }) => stop()),
    closer.open(startBrowser(), (started) => started.close()),
  ]);
  ask = await newUser(backEnd.url, 'consenting', 'test', [
    'credentials:read',
    'credentials:write',
    'credentials:token',
  ]);
});
afterAll(closer.close);

async function store(platform: string, id: string, secret: string): Promise<string> {
  const redirect_uri = `${backEnd.url}/v1/oauth/${platform}/callback`;
  const app = await backEnd.sandbox.register(platform, { redirect_uris: [redirect_uri] });
  const fields = { [id]: app.client_id, [secret]: app.client_secret, redirect_uri };
  return (await ask('POST', '/v1/credentials', { platform, fields })).body.id;
}

/** A browser that nobody has used before. */
async function newPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

/** On the platform's page, which is another site than ours. */
async function decide(page: Page, authorizeUrl: string, decision: 'Agree' | 'Cancel') {
  await page.goto(authorizeUrl);
  expect(new URL(page.url()).hostname).toBe('localhost');
  await page.getByText('Ben Sandbox').click();
  await page.getByRole('button', { name: decision }).click();
  await page.waitForURL((url) => url.hostname === '127.0.0.1');
}

const heading = (page: Page) => page.getByRole('heading').textContent();
const hasToken = async (id: string) => (await ask('GET', `/v1/credentials/${id}/token`)).body.access_token_present;

describe.each(platforms)('the consent page of %s', (platform, name, account, ...fields) => {
  it('leads back to a page that names the account', async () => {
    const id = await store(platform, ...fields);
    const { body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, {});
    const page = await newPage();
    await decide(page, body.authorize_url, 'Agree');
    expect(await heading(page)).toBe(`${name} is connected`);
    expect(await page.locator('strong').textContent()).toMatch(account);
    expect(await hasToken(id)).toBe(true);
    await page.goBack();
    await page.goForward();
    expect(await hasToken(id)).toBe(true);
    await page.context().close();
  });

  it('leads back to a page that says that nothing was changed, when the user does not agree', async () => {
    const id = await store(platform, ...fields);
    const { body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, {});
    const page = await newPage();
    await decide(page, body.authorize_url, 'Cancel');
    expect(await page.getByText('Nothing was changed').count()).toBe(1);
    expect(await hasToken(id)).toBe(false);
    await page.context().close();
  });
});

describe('a flow that the dashboard has started', () => {
  /** In a page of ours, with the session's cookie. */
  async function startIn(page: Page, id: string): Promise<string> {
    await page.goto(`${backEnd.url}/docs/errors`);
    return page.evaluate(
      async ([id, email, password]) => {
        const post = (path: string, body: object) =>
          fetch(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
        const login = await post('/v1/auth/login', { email, password, mode: 'test', cookie: true });
        const started = await post(`/v1/credentials/${id}/oauth/start`, {});
        const { authorize_url } = (await started.json()) as { authorize_url?: string };
        return authorize_url ?? `${login.status} ${started.status}`;
      },
      [id, email, password] as const,
    );
  }

  it('ends on the credential’s page, in the same browser', async () => {
    const id = await store('spotify', 'client_id', 'client_secret');
    const page = await newPage();
    const authorizeUrl = await startIn(page, id);
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === 'oauth_state')).toMatchObject({
      httpOnly: true,
      sameSite: 'Lax',
      path: '/v1/oauth',
    });
    await decide(page, authorizeUrl, 'Agree');
    expect(page.url()).toBe(`${backEnd.url}/credentials/${id}`);
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('oauth_state');
    expect(await hasToken(id)).toBe(true);
    await page.context().close();
  });

  it('does not end in another browser', async () => {
    const id = await store('spotify', 'client_id', 'client_secret');
    const [mine, theirs] = [await newPage(), await newPage()];
    const authorizeUrl = await startIn(mine, id);
    await decide(theirs, authorizeUrl, 'Agree');
    expect(await theirs.getByText('OAUTH_STATE_INVALID').count()).toBe(1);
    expect(await hasToken(id)).toBe(false);
    await Promise.all([mine.context().close(), theirs.context().close()]);
  });
});

it('sends nobody to another site in the end', async () => {
  const id = await store('spotify', 'client_id', 'client_secret');
  for (const return_to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const { status, body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, { return_to });
    expect({ status, path: body.error?.data.fields[0].path }).toEqual({ status: 400, path: 'return_to' });
  }
  const { body } = await ask('POST', `/v1/credentials/${id}/oauth/start`, { return_to: '/settings?tab=platforms' });
  const back = await backEnd.sandbox.consent(body.authorize_url);
  const answer = await fetch(back, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `${backEnd.url}/settings?tab=platforms`]);
  expect((await client(backEnd.url)('GET', back.pathname + back.search)).status).toBe(400);
});
