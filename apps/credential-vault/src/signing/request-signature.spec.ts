import { signRequest } from './request-signature';

const key = { id: '00112233445566778899aabbccddeeff', secret: 'sandboxSandboxSandboxSandboxSandbox12345' };

/** Computed with two other implementations. */
it.each([
  ['audio', '5MU/8qwS0R8GJpe67uzMcKwr2UU='],
  ['fingerprint', 's2QA1vTU8qfcjXRpKVq5prVHYT4='],
] as const)('signs %s as the platform does', (dataType, signature) => {
  const now = new Date(1_760_000_000_999);
  expect(signRequest({ path: '/v1/identify' }, key, dataType, now)).toEqual({
    access_key: key.id,
    data_type: dataType,
    signature_version: '1',
    timestamp: '1760000000',
    signature,
  });
});
