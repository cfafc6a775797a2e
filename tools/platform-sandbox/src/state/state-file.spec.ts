import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { basic, SandboxClient } from '../../test/sandbox-client';

let dir: string;
beforeEach(async () => void (dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sandbox-'))));
afterEach(() => fs.rm(dir, { recursive: true }));

describe('with a state file', () => {
  const whose = (client: string) => ({ platform: 'spotify', client, user: 'ada' });

  it('apps, tokens, faults and the clock are there again after a death without a goodbye', async () => {
    const stateFile = path.join(dir, 'state.json');
    const first = await SandboxClient.start({ stateFile });
    const app = await first.register('spotify');
    const { refresh_token } = await first.control('POST', '/tokens', whose(app.client_id));
    await first.control('POST', '/faults', { failure: 'server_error', platform: 'tidal' });
    await first.advance('1h');

    const second = await SandboxClient.start({ stateFile });
    const fields = { grant_type: 'refresh_token', refresh_token };
    expect((await second.form('/spotify/accounts/api/token', fields, basic(app))).status).toBe(200);
    expect((await second.control('GET', '/faults')).faults).toHaveLength(1);
    expect((await second.control('GET', '/clock')).now).toBe('2026-11-20T11:00:00.000Z');
    await Promise.all([first.close(), second.close()]);
  });

  it('no request is answered before its change is in the file, however many come at once', async () => {
    const stateFile = path.join(dir, 'state.json');
    const sandbox = await SandboxClient.start({ stateFile });
    const { client_id } = await sandbox.register('spotify');
    const minted = await Promise.all(
      Array.from({ length: 20 }, () => sandbox.control('POST', '/tokens', whose(client_id))),
    );
    const saved = await fs.readFile(stateFile, 'utf8');
    for (const { access_token } of minted) expect(saved).toContain(access_token);
    expect((await fs.stat(stateFile)).mode & 0o777).toBe(0o600);
    await sandbox.close();
  });

  it('what was deleted stays deleted', async () => {
    const stateFile = path.join(dir, 'state.json');
    const first = await SandboxClient.start({ stateFile });
    await first.control('POST', '/reset', { seed: false });
    await first.close();
    const second = await SandboxClient.start({ stateFile });
    expect((await second.control('GET', '/clients')).clients).toEqual([]);
    await second.close();
  });
});
