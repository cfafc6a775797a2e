import { z } from 'zod';

import { exampleFields, originOf, platforms, warnings, type PlatformId } from '.';
import { metaOf } from './fields';

function problem(id: PlatformId, field: string, value: unknown): string | undefined {
  const result = platforms[id].fieldsSchema.safeParse({ ...exampleFields(platforms[id]), [field]: value });
  return result.error?.issues.find((issue) => issue.path[0] === field)?.message;
}

function accepted(id: PlatformId, field: string, value: unknown): unknown {
  const fields: Record<string, unknown> = { ...exampleFields(platforms[id]), [field]: value };
  return (platforms[id].fieldsSchema.parse(fields) as Record<string, unknown>)[field];
}

function warned(id: PlatformId, field: string, value: unknown): string | undefined {
  return warnings(platforms[id], { [field]: value }).find(({ path }) => path === field)?.problem;
}

describe('redirect_uri', () => {
  it.each([
    'https://music.example.com/callback?a=1',
    'http://127.0.0.1:3000/callback',
    'http://127.0.0.1',
    'http://[::1]:8080/',
  ])('may be %s, and is kept character for character', (uri) => {
    expect(accepted('spotify', 'redirect_uri', uri)).toBe(uri);
  });

  it.each([
    ['http://music.example.com/callback', 'https'],
    ['http://127.0.0.2/', 'https'],
    ['http://127.0.0.1.example.com/', 'https'],
    ['myapp://callback', 'https'],
    ['javascript:alert(1)', 'https'],
    ['/callback', 'whole URL'],
    ['https://a:b@music.example.com/', 'user name'],
    ['https://music.example.com/#x', 'fragment'],
    ['https://music.example.com/#', 'fragment'],
    ['https://music.example.com/\nx', 'one line'],
  ])('may not be %j', (uri, expected) => {
    for (const id of ['spotify', 'youtube_music', 'deezer'] as const) {
      expect(problem(id, 'redirect_uri', uri)).toContain(expected);
    }
  });

  it.each(['http://localhost:3000/callback', 'https://localhost/callback', 'http://app.localhost/'])(
    'may be %s, but not at Spotify, which refuses it',
    (uri) => {
      expect(problem('spotify', 'redirect_uri', uri)).toMatch(/Spotify refuses it.*127\.0\.0\.1/);
      expect(problem('youtube_music', 'redirect_uri', uri)).toBeUndefined();
    },
  );
});

describe("ACRCloud's hosts", () => {
  it.each([
    ['https://api-eu-west-1.acrcloud.com', 'https://api-eu-west-1.acrcloud.com'],
    ['https://api-eu-west-1.acrcloud.com/', 'https://api-eu-west-1.acrcloud.com'],
    ['https://api-eu-west-1.acrcloud.com/api/', 'https://api-eu-west-1.acrcloud.com'],
    [' api-us-west-2.acrcloud.com', 'https://api-us-west-2.acrcloud.com'],
    ['https://cn-api-v2.acrcloud.cn', 'https://cn-api-v2.acrcloud.cn'],
  ])('base_url %j is taken as %s', (value, kept) => {
    expect(accepted('acrcloud', 'base_url', value)).toBe(kept);
  });

  it.each(['https://identify-eu-west-1.acrcloud.com/', 'identify-eu-west-1.acrcloud.com'])(
    'identify_host %j is taken as the host alone',
    (value) => {
      expect(accepted('acrcloud', 'identify_host', value)).toBe('identify-eu-west-1.acrcloud.com');
    },
  );

  it.each([
    'http://api-eu-west-1.acrcloud.com',
    'https://acrcloud.com.example.net',
    'https://example.net/.acrcloud.com',
    'https://example.net#.acrcloud.com',
    'https://example.net?.acrcloud.com',
    'https://x@example.net:80\\.acrcloud.com',
    'https://api.acrcloud.com@example.net',
    'https://api.acrcloud.com:8443',
    'https://api.acrcloud.com/v1',
    'https://evilacrcloud.com',
    '169.254.169.254',
    'localhost',
  ])('are never %s', (value) => {
    expect(problem('acrcloud', 'base_url', value)).toContain('*.acrcloud.com');
    expect(problem('acrcloud', 'identify_host', value)).toContain('*.acrcloud.com');
  });

  it('are where its requests go', () => {
    const fields = { base_url: 'https://api-eu-west-1.acrcloud.com', identify_host: 'identify-eu-west-1.acrcloud.com' };
    expect(originOf(platforms.acrcloud, 'files', fields)).toBe('https://api-eu-west-1.acrcloud.com');
    expect(originOf(platforms.acrcloud, 'identify', fields)).toBe('https://identify-eu-west-1.acrcloud.com');
    expect(originOf(platforms.acrcloud, 'console')).toBe('https://api-v2.acrcloud.com');
    expect(() => originOf(platforms.acrcloud, 'identify')).toThrow('identify_host');
    expect(() => originOf(platforms.spotify, 'files')).toThrow('no host files');
  });
});

describe('an ACRCloud credential', () => {
  const { name: _, ...fields } = exampleFields(platforms.acrcloud);
  const { base_url, bearer_token, ...identify } = fields;

  it('may have either API without the other, and must have one', () => {
    const { fieldsSchema } = platforms.acrcloud;
    expect(fieldsSchema.safeParse({ base_url, bearer_token }).success).toBe(true);
    expect(fieldsSchema.safeParse(identify).success).toBe(true);
    const nothing = fieldsSchema.safeParse({ name: 'x' }).error?.issues[0];
    expect(nothing?.message).toBe(
      'is required: give base_url + bearer_token, or identify_host + identify_access_key + identify_access_secret',
    );
  });

  it('has its token cleaned of what is pasted with it', () => {
    expect(accepted('acrcloud', 'bearer_token', ' "Bearer eyJ0\n.abc\n.def" ')).toBe('eyJ0.abc.def');
    expect(warned('acrcloud', 'bearer_token', 'eyJ0.abc.def')).toBeUndefined();
  });

  it('is warned that a project key is no console token, and is not refused', () => {
    const key = '00112233445566778899aabbccddeeff';
    expect(problem('acrcloud', 'bearer_token', key)).toBeUndefined();
    expect(warned('acrcloud', 'bearer_token', key)).toContain('access key');
    expect(warned('acrcloud', 'identify_access_key', key)).toBeUndefined();
  });

  it('takes the container id as the number it is', () => {
    expect(accepted('acrcloud', 'container_id', 12345)).toBe('12345');
    expect(problem('acrcloud', 'container_id', '../1')).toBe('must be digits');
  });
});

describe("Apple's private key", () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIGTAgEAMBMG\nByqGSM49\n-----END PRIVATE KEY-----';

  it.each([pem, `${pem}\n`, pem.replaceAll('\n', '\r\n'), pem.replaceAll('\n', '\\n'), `"${pem}"`])(
    'is the whole file, also as %j',
    (value) => {
      expect(String(accepted('apple_music', 'private_key', value)).replaceAll('\r', '')).toBe(pem);
    },
  );

  it.each([pem.replaceAll(' PRIVATE', ' EC PRIVATE'), 'MIGTAgEAMBMGByqGSM49', pem.slice(0, -5), `${pem}\n${pem}`])(
    'is refused as %j, and the problem does not show it',
    (value) => {
      expect(problem('apple_music', 'private_key', value)).toContain('must be the whole .p8 file');
      expect(problem('apple_music', 'private_key', value)).not.toContain('MIGT');
    },
  );

  it('needs ids of ten characters, which Apple documents', () => {
    expect(problem('apple_music', 'team_id', 'A1B2')).toBe('must be 10 characters A–Z and 0–9');
    expect(problem('apple_music', 'key_id', 'a1b2c3d4e5')).toBe('must be 10 characters A–Z and 0–9');
  });
});

describe('fields', () => {
  it('lose the white space and quotes that are pasted with them', () => {
    expect(accepted('spotify', 'client_id', " 'abc' \n")).toBe('abc');
  });

  it('cannot carry a line break into a header', () => {
    expect(problem('amazon_music', 'device_id', 'a\r\nX-Evil: 1')).toBe('must be one line');
  });

  it('take scopes as a list or a text, each once', () => {
    expect(accepted('tidal', 'scopes', ['user.read', 'user.read'])).toEqual(['user.read']);
    expect(accepted('deezer', 'perms', 'email,basic_access email')).toEqual(['email', 'basic_access']);
    expect(problem('tidal', 'scopes', { a: 1 })).toBe('must be a list of texts');
    expect(problem('tidal', 'scopes', ['user.read playback'])).toContain('one word');
  });

  it('warn of formats that are only usual, and do not refuse them', () => {
    expect(problem('youtube_music', 'api_key', 'another-form')).toBeUndefined();
    expect(warned('youtube_music', 'api_key', 'another-form')).toContain('usually 39 characters');
    expect(warned('youtube_music', 'api_key', 'AIza'.padEnd(39, 'x'))).toBeUndefined();
  });

  it('have a default where the platform always wants a value', () => {
    expect(platforms.tidal.fieldsSchema.parse({})).toEqual({ country_code: 'US' });
    expect(accepted('tidal', 'country_code', 'de')).toBe('DE');
    expect(problem('tidal', 'country_code', 'Germany')).toBe('must be two letters, for example US');
  });

  it('are made with the helpers: a bare schema has no label for the form', () => {
    expect(() => metaOf(z.string())).toThrow('helpers');
  });
});
