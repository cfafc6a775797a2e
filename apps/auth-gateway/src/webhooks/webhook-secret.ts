import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Both secrets sign for that long after a rotation. */
export const oldSecretWorksForMs = 24 * 3_600_000;

const secretBytes = 24;

/** `whsec_` and the base64 of 24 bytes, as the receivers' libraries of Standard Webhooks read it. */
export const makeSecret = (bytes: Buffer = randomBytes(secretBytes)): string =>
  `whsec_${bytes.subarray(0, secretBytes).toString('base64')}`;

/** The three headers of a delivery (https://www.standardwebhooks.com): one signature for each secret that is valid. */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
