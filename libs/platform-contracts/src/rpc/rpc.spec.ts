import { isErrorCode } from '@musicgen/error-codes';
import { z } from 'zod';
import { definePlatformRpc, defineRpc, rpcContracts, serviceNames } from '.';

describe.each(rpcContracts.map((contract) => [contract.subject, contract] as const))('%s', (subject, contract) => {
  it('belongs to a known service, and is called by others', () => {
    expect(serviceNames).toContain(contract.owner);
    expect(subject.startsWith(`${contract.owner}.v`)).toBe(true);
    expect(contract.callers.length).toBeGreaterThan(0);
    for (const caller of contract.callers) expect(serviceNames).toContain(caller);
    expect(contract.callers).not.toContain(contract.owner);
    expect(new Set(contract.callers).size).toBe(contract.callers.length);
  });

  it('lists errors of the catalogue, each once', () => {
    for (const code of contract.errors) expect(isErrorCode(code)).toBe(true);
    expect(new Set(contract.errors).size).toBe(contract.errors.length);
  });

  it('takes a strict object and gives a tolerant one', () => {
    const request = z.toJSONSchema(contract.request, { io: 'input' });
    const response = z.toJSONSchema(contract.response, { io: 'input' });
    expect(request).toMatchObject({ type: 'object', additionalProperties: false });
    expect(response.type).toBe('object');
    expect(response.additionalProperties).not.toBe(false);
  });

  it('ends before the permission to answer does', () => {
    expect(contract.timeoutMs).toBeLessThanOrEqual(30_000);
  });
});

it('has one contract per subject', () => {
  const subjects = rpcContracts.map((contract) => contract.subject);
  expect(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)).toEqual([]);
});

it.each([
  'vault.credential.get',
  'vault.v0.credential.get',
  'napster.v1.song.get',
  'vault.v1.credential',
  'vault.v1.a.b.>',
])('refuses to declare the subject %s', (subject) => {
  const nothing = { callers: [], request: z.strictObject({}), response: z.object({}), errors: [] };
  expect(() => defineRpc({ subject, ...nothing })).toThrow(subject);
});

describe('a contract that is granted per platform', () => {
  const family = definePlatformRpc({
    subject: 'vault.v1.song.sing',
    platforms: ['spotify', 'apple_music'],
    callers: (platform) => (platform === 'spotify' ? ['spotify'] : ['auth']),
    request: z.strictObject({}),
    response: z.object({}),
    errors: [],
  });

  it('has a subject and callers for each of its platforms', () => {
    expect(family.contracts.map(({ subject, callers, owner }) => [subject, callers, owner])).toEqual([
      ['vault.v1.song.sing.spotify', ['spotify'], 'vault'],
      ['vault.v1.song.sing.apple_music', ['auth'], 'vault'],
    ]);
    expect(family.of('apple_music').subject).toBe('vault.v1.song.sing.apple_music');
    expect(family.platformOf('vault.v1.song.sing.apple_music')).toBe('apple_music');
  });

  it('is not asked for a platform that it does not have', () => {
    for (const platform of ['tidal', '>', '']) expect(() => family.of(platform)).toThrow('vault.v1.song.sing');
  });
});

/** A change that is not an addition is a new version beside the old one (`v2`), until the last caller has moved. */
it('is the contract that was committed', () => {
  const contracts = rpcContracts.map(({ subject, callers, errors, timeoutMs, principal, request, response }) => ({
    subject,
    callers,
    errors,
    timeoutMs,
    principal,
    request: z.toJSONSchema(request, { io: 'input' }),
    response: z.toJSONSchema(response, { io: 'output' }),
  }));
  expect(contracts.toSorted((a, b) => a.subject.localeCompare(b.subject))).toMatchSnapshot();
});
