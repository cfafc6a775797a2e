import type { RequestSignature } from '@musicgen/platform-contracts';
import { createHmac } from 'node:crypto';

/** What a signed request sends beside its data. */
export interface Signed {
  access_key: string;
  data_type: 'audio' | 'fingerprint';
  signature_version: '1';
  timestamp: string;
  signature: string;
}

/**
 * Signs a request for right now; neither host, audio nor length are part of it.
 * https://docs.acrcloud.com/reference/identification-api/identification-api
 */
export function signRequest(
  { path }: Pick<RequestSignature, 'path'>,
  key: { id: string; secret: string },
  dataType: Signed['data_type'],
  now: Date,
): Signed {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signed = ['POST', path, key.id, dataType, '1', timestamp].join('\n');
  return {
    access_key: key.id,
    data_type: dataType,
    signature_version: '1',
    timestamp,
    signature: createHmac('sha1', key.secret).update(signed).digest('base64'),
  };
}
