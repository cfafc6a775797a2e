import { createPublicKey, verify } from 'node:crypto';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { platform, settingsOf } from './settings';

/** Six months, by Apple's clock; exactly that much has been seen refused. */
const lifetimeSecondsMax = 15_777_000;

const part = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

/** The team a token says it is of; nothing is checked. */
export const teamOf = (token: string): string | undefined => {
  const issuer = part(token.split('.')[1] ?? '')?.iss;
  return typeof issuer === 'string' ? issuer : undefined;
};

/** The team that signed the token; undefined if anything about it is wrong: https://developer.apple.com/documentation/applemusicapi/generating-developer-tokens */
export function verifyDeveloperToken(token: string, origin: string | undefined, world: World): Client | undefined {
  const [head = '', body = '', signature = '', ...rest] = token.split('.');
  const header = part(head);
  const claims = part(body);
  if (!header || !claims || rest.length > 0 || header.alg !== 'ES256') return undefined;
  const team = world.client(platform, typeof claims.iss === 'string' ? claims.iss : undefined);
  const key = team && settingsOf(team).keys.find(({ keyId }) => keyId === header.kid);
  if (!team || team.isDisabled || !key || key.isRevoked || !key.hasMusicKit) return undefined;
  if (!areTimesGood(claims, world.clock.nowSeconds()) || !isOriginGood(claims, origin)) return undefined;
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey(key.publicKey), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return signed ? team : undefined;
}

function areTimesGood({ iat, exp }: Record<string, unknown>, now: number): boolean {
  if (typeof iat !== 'number' || typeof exp !== 'number') return false;
  return iat <= now + 60 && exp > now && exp - now < lifetimeSecondsMax;
}

/** A token for web pages is good for requests from these pages only. */
function isOriginGood({ origin: allowed }: Record<string, unknown>, origin: string | undefined): boolean {
  return allowed === undefined || (origin !== undefined && [allowed].flat().includes(origin));
}
