import { until } from '@musicgen/testing';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { client, patient } from './client';
import { startPlatform, type Platform } from './platform';

const smoke = path.resolve(__dirname, '../../../tools/smoke/smoke.mjs');

describe('a newcomer', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(async () => {
    expect(await platform?.stop()).toBe(0);
  });

  it('registers, makes a key, asks for music and gets audio of the right length', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [smoke, platform.url]);
    expect(stdout).toContain('ok  the file is 5 s of audio');
  });

  it('hears the same music again for the same request and seed', async () => {
    const ask = patient(client(platform.url, platform.demo.api_key_test));
    const request = { prompt: 'slow blues in A minor', duration: 2, seed: 7 };
    const [first, second] = await Promise.all(
      [1, 2].map(async () => {
        const { body } = await ask('POST', '/v1/generate', request);
        return until(async () => {
          const { body: generation } = await ask('GET', `/v1/generate/${body.id}`);
          return generation.status === 'succeeded' && generation;
        }, 'the music');
      }),
    );
    expect(first.artefacts.map((file: { sha256: string }) => file.sha256)).toEqual(
      second.artefacts.map((file: { sha256: string }) => file.sha256),
    );
    expect(first).toMatchObject({ seed: 7, interpretation: { key: { value: 'A minor', from: 'prompt' } } });
  });

  it('sees nothing of one mode in the other', async () => {
    const live = patient(client(platform.url, platform.demo.api_key_live));
    const test = patient(client(platform.url, platform.demo.api_key_test));
    const fields = { client_id: 'a'.repeat(32), client_secret: 'b'.repeat(32) };
    const { body: credential } = await test('POST', '/v1/credentials', { platform: 'spotify', fields, activate: true });
    const { body: generation } = await test('POST', '/v1/generate', { prompt: 'pop', duration: 1 });
    for (const path of [`/v1/credentials/${credential.id}`, `/v1/generate/${generation.id}`]) {
      expect(await test('GET', path)).toMatchObject({ status: 200 });
      expect(await live('GET', path)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    }
    expect((await live('GET', '/v1/credentials')).body.data).toEqual([]);
    expect((await live('GET', '/v1/generate')).body.data).toEqual([]);
    expect((await live('GET', '/v1/platforms/spotify')).body.active_credential).toBeNull();
  });
});
