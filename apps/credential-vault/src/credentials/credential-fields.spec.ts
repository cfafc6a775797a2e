import type { AppError } from '@musicgen/error-codes';
import { exampleFields, platforms, secretFields, type PlatformDefinition } from '@musicgen/platform-contracts';
import { checkFields, mask, mergeFields } from './credential-fields';

const all: [string, PlatformDefinition][] = Object.entries(platforms);
const spotify: PlatformDefinition = platforms.spotify;

const refusal = (work: () => unknown): AppError<'VALIDATION_FAILED'> => {
  try {
    work();
  } catch (error) {
    return error as AppError<'VALIDATION_FAILED'>;
  }
  throw new Error('was expected to be refused');
};
const paths = (error: AppError<'VALIDATION_FAILED'>) => error.data!.fields.map(({ path }) => path);

describe.each(all)('the fields of %s', (_, platform) => {
  it('come apart: secret ones on one side, all others on the other', () => {
    const { open, secret } = checkFields(platform, exampleFields(platform));
    const secrets = secretFields(platform);
    expect(Object.keys(secret).every((name) => secrets.includes(name))).toBe(true);
    expect(Object.keys(open).some((name) => secrets.includes(name))).toBe(false);
    expect({ ...open, ...secret }).toMatchObject(exampleFields(platform));
  });

  it('are refused by name when they are unknown, and no value is repeated', () => {
    const error = refusal(() => checkFields(platform, { ...exampleFields(platform), canary_name: 'canary value' }));
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(paths(error)).toEqual(['fields.canary_name']);
    expect(JSON.stringify(error.toWire())).not.toContain('canary value');
  });

  it('are refused by name when they are of a wrong type, and no value is repeated', () => {
    for (const name of Object.keys(exampleFields(platform))) {
      const error = refusal(() => checkFields(platform, { ...exampleFields(platform), [name]: { canary: 'canary' } }));
      expect(paths(error).every((path) => path.startsWith(`fields.${name}`))).toBe(true);
      expect(JSON.stringify(error.toWire())).not.toContain('canary');
    }
  });
});

it('keeps fields that are left out, changes those that are given, takes away those that are null', () => {
  const stored = { client_id: 'a', client_secret: 'b', redirect_uri: 'c' };
  expect(mergeFields(spotify, stored, { client_secret: 'd', redirect_uri: null })).toEqual({
    client_id: 'a',
    client_secret: 'd',
  });
});

it('does not let a field that the platform does not have pass as one to take away', () => {
  for (const name of ['no_such_field', 'toString', 'constructor']) {
    const merged = mergeFields(spotify, exampleFields(spotify), { [name]: null });
    expect(paths(refusal(() => checkFields(spotify, merged)))).toEqual([`fields.${name}`]);
  }
});

it('refuses to take away what the platform requires', () => {
  const merged = mergeFields(spotify, exampleFields(spotify), { client_id: null });
  expect(paths(refusal(() => checkFields(spotify, merged)))).toEqual(['fields.client_id']);
});

it.each([
  ['fedcba9876543210fedcba9876543210', '…3210'],
  ['123456789012', '…9012'],
  ['12345678901', '…'],
  ['', '…'],
  ['  padded  ', '…'],
  [['a', 'b'], '…'],
])('shows of the secret %j only %s', (value, hint) => {
  expect(mask(value)).toEqual({ set: true, hint });
});
