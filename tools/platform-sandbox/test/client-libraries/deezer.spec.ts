import { Strategy } from 'passport-deezer';
import { callback, SandboxClient, type App } from '../sandbox-client';
import { Site } from './passport';

let deezer: SandboxClient;
let app: App;
beforeAll(async () => void (deezer = await SandboxClient.start({ realNow: Date.now })));
afterAll(() => deezer.close());
beforeEach(async () => void (app = await deezer.register('deezer')));

const siteOf = ({ client_id, client_secret }: App) =>
  new Site(Strategy, {
    clientID: client_id,
    clientSecret: client_secret,
    callbackURL: callback,
    authorizationURL: `${deezer.url}/deezer/connect/oauth/auth.php`,
    tokenURL: `${deezer.url}/deezer/connect/oauth/access_token.php`,
    scope: ['basic_access', 'email'],
    state: true,
  }).move('https://api.deezer.com', `${deezer.url}/deezer/api`);

async function connect(site = siteOf(app)) {
  return site.callback(await deezer.consent(await site.login()));
}

describe('passport-deezer', () => {
  it('logs somebody in under the usual names, and reads the profile', async () => {
    const { accessToken, refreshToken, profile } = await connect();
    expect(accessToken).toMatch(/^fr/);
    expect(refreshToken).toBeUndefined();
    expect(profile).toMatchObject({
      provider: 'deezer',
      id: expect.any(Number),
      displayName: expect.stringContaining('Ada'),
      emails: [{ value: expect.stringContaining('@') }],
    });
  });

  it('gets no token for a code that is not taken, nor with a wrong secret', async () => {
    const site = siteOf(app);
    const back = await deezer.consent(await site.login());
    await expect(site.callback({ ...back, code: 'made-up' })).rejects.toThrow('Failed to obtain access token');
    await expect(connect(siteOf({ ...app, client_secret: 'wrong' }))).rejects.toThrow('Failed to obtain access token');
  });

  it('reads nothing of anybody with an ended token: the error comes with status 200', async () => {
    const site = siteOf(app);
    const profile = await site.profileOf('fr-made-up');
    expect(profile).toMatchObject({ id: undefined, _json: { error: { type: 'OAuthException', code: 300 } } });
  });

  it('is told of the limit in the same way', async () => {
    const { accessToken } = await connect();
    await deezer.control('POST', '/faults', { platform: 'deezer', failure: 'rate_limited', times: 1 });
    expect(await siteOf(app).profileOf(accessToken)).toMatchObject({ _json: { error: { code: 4 } } });
  });
});
