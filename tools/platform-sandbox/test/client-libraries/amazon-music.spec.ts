import { Strategy } from 'passport-amazon';
import { AuthorizationCode } from 'simple-oauth2';
import { callback, SandboxClient, type App } from '../sandbox-client';
import { Site } from './passport';

let amazon: SandboxClient;
let app: App;
let site: Site;
beforeAll(async () => void (amazon = await SandboxClient.start({ realNow: Date.now })));
afterAll(() => amazon.close());
beforeEach(async () => {
  app = await amazon.register('amazon_music');
  site = new Site(Strategy, {
    clientID: app.client_id,
    clientSecret: app.client_secret,
    callbackURL: callback,
    authorizationURL: `${amazon.url}/amazon_music/www/ap/oa`,
    tokenURL: `${amazon.url}/amazon_music/login/auth/o2/token`,
    scope: ['profile'],
    state: true,
    pkce: true,
  }).move('https://api.amazon.com', `${amazon.url}/amazon_music/login`);
});

const connect = async () => site.callback(await amazon.consent(await site.login()));
const fault = (facts: object) => amazon.control('POST', '/faults', { platform: 'amazon_music', times: 1, ...facts });

describe('passport-amazon', () => {
  it('logs somebody in with PKCE, and reads the profile', async () => {
    const { accessToken, refreshToken, profile } = await connect();
    expect(accessToken).toMatch(/^Atza\|/);
    expect(refreshToken).toMatch(/^Atzr\|/);
    expect(profile).toMatchObject({
      provider: 'amazon',
      id: expect.stringMatching(/^amzn1\.account\./),
      displayName: 'Ada Sandbox',
      emails: [{ value: expect.stringContaining('@') }],
    });
  });

  it('renews, until the grant is gone', async () => {
    const { refreshToken = '' } = await connect();
    expect((await site.refresh(refreshToken)).accessToken).toMatch(/^Atza\|/);
    await amazon.control('POST', '/grants/revoke', { platform: 'amazon_music', client: app.client_id });
    await expect(site.refresh(refreshToken)).rejects.toMatchObject({
      statusCode: 400,
      data: expect.stringContaining('invalid_grant'),
    });
  });

  it('hears of a refusal, a code that is not taken, and an ended token', async () => {
    const denied = await amazon.consent(await site.login(), { decision: 'deny' });
    await expect(site.callback(denied)).rejects.toThrow('Access not permitted');
    const back = await amazon.consent(await site.login());
    await expect(site.callback({ ...back, code: 'made-up' })).rejects.toMatchObject({ code: 'invalid_grant' });
    await expect(site.profileOf('Atza|made-up')).rejects.toThrow('failed to fetch user profile');
  });
});

describe('simple-oauth2', () => {
  it('exchanges, renews, and is told when it comes too often', async () => {
    const client = new AuthorizationCode({
      client: { id: app.client_id, secret: app.client_secret },
      auth: {
        tokenHost: amazon.url,
        tokenPath: '/amazon_music/login/auth/o2/token',
        authorizePath: '/amazon_music/www/ap/oa',
      },
      options: { authorizationMethod: 'body' },
    });
    const url = client.authorizeURL({ redirect_uri: callback, scope: ['profile', 'music::catalog'], state: 's' });
    const { code = '' } = await amazon.consent(url);
    const token = await client.getToken({ code, redirect_uri: callback });
    expect(token.token).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect((await token.refresh()).token.access_token).not.toBe(token.token.access_token);
    await fault({ failure: 'rate_limited', host: 'login', retry_after: '3' });
    await expect(token.refresh()).rejects.toMatchObject({
      output: { statusCode: 429 },
      data: { headers: { 'retry-after': '3' } },
    });
  });
});
