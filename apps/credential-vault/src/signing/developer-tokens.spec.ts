import { platforms } from '@musicgen/platform-contracts';
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock';
import { DeveloperTokens, signsTokens } from './developer-tokens';

const platform = platforms.apple_music;
if (!signsTokens(platform)) throw new Error('Apple has developer tokens');
const pem = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
  privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
});
const makeKey = (namedCurve = 'P-256') => pem(generateKeyPairSync('ec', { namedCurve }));
const key = makeKey();
const fields = { team_id: 'A1B2C3D4E5', key_id: 'F6G7H8I9J0', private_key: key.privateKey };
const [hour, day] = [3_600_000, 86_400_000];

let now: number;
let tokens: DeveloperTokens;
beforeEach(() => {
  now = Date.now();
  const clock: Clock = { elapsedMs: () => 0, now: () => new Date(now) };
  tokens = new DeveloperTokens(clock);
});

describe('a developer token', () => {
  it('is an ES256 JWT of the team and the key, and lasts far less than the platform allows', async () => {
    const { token, expiresAt } = await tokens.of(platform, fields);
    const { payload } = await jwtVerify(token, await importSPKI(key.publicKey, 'ES256'));
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: fields.key_id });
    expect(Object.keys(payload).toSorted()).toEqual(['exp', 'iat', 'iss']);
    expect(payload.iss).toBe(fields.team_id);
    expect(payload.exp! * 1000).toBe(expiresAt.getTime());
    expect(payload.exp! - payload.iat!).toBeLessThan(platform.auth.lifetimeSecondsMax);
  });

  it('is accepted by a platform whose clock is somewhat behind ours', async () => {
    const { iat } = decodeJwt((await tokens.of(platform, fields)).token);
    expect(iat! * 1000).toBeLessThanOrEqual(now - 59_000);
  });

  it('is signed once and used until its last hour', async () => {
    const first = await tokens.of(platform, fields);
    now += day - hour - 2_000;
    expect((await tokens.of(platform, fields)).token).toBe(first.token);
    now += 4_000;
    const second = await tokens.of(platform, fields);
    expect(second.token).not.toBe(first.token);
    expect(second.expiresAt.getTime()).toBeGreaterThan(now + hour);
  });

  it('is signed anew when the platform refused it, and when any of its fields changes', async () => {
    const first = await tokens.of(platform, fields);
    now += 2_000;
    const second = await tokens.of(platform, fields, first.version);
    expect(second.version).toBeGreaterThan(first.version);
    for (const change of [{ team_id: 'OTHERTEAM0' }, { key_id: 'OTHERKEY00' }, { private_key: makeKey().privateKey }]) {
      expect((await tokens.of(platform, { ...fields, ...change })).token).not.toBe(second.token);
    }
  });

  it('takes a key with the line ends of any system', async () => {
    await tokens.of(platform, { ...fields, private_key: key.privateKey.replaceAll('\n', '\r\n') });
  });

  it.each([
    ['of another curve', makeKey('P-384').privateKey],
    ['of RSA', pem(generateKeyPairSync('rsa', { modulusLength: 2048 })).privateKey],
    ['cut in half', key.privateKey.slice(0, 80)],
    ['that is none', 'canary-canary-canary'],
  ])('is not made with a key %s: the credential is malformed, and nothing of it is told', async (_, private_key) => {
    const error = await tokens.of(platform, { ...fields, private_key }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'CREDENTIAL_INVALID', data: { reason: 'malformed_field' } });
    expect((error as Error).cause).toBeUndefined();
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});
