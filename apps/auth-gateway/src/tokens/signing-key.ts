import { calculateJwkThumbprint, type JWK } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { ACCESS_TOKEN_LIFETIME_S } from './access-token';

const DAY_MS = 86_400_000;

export const SIGNING_KEY_AGE_MAX_MS = 90 * DAY_MS;
/** For how long others may keep our JWKS; a key signs only after every copy without it has run out. */
export const JWKS_MAX_AGE_S = 600;
/** What a retired key stays published beyond its last token's life: clocks differ. */
const CLOCK_LEEWAY_MS = 60_000;

export type SigningKeyState = 'standby' | 'active' | 'retired';

/** A row without the private half. Times are milliseconds since 1970. */
export interface SigningKey {
  kid: string;
  state: SigningKeyState;
  publicJwk: JWK;
  createdAt: number;
  /** When it began to sign, and when it ceased to. */
  activatedAt: number | null;
  retiredAt: number | null;
}

export type SigningKeyStep =
  | { kind: 'create' }
  | { kind: 'activate'; kid: string }
  /** Its private half is deleted with the step: it never signs again. */
  | { kind: 'retire'; kid: string }
  | { kind: 'remove'; kid: string };

/** A new ES256 pair: the private half as PKCS #8, to be sealed with the key ring before it is stored. */
export async function generateSigningKey(): Promise<{ kid: string; publicJwk: JWK; privateKey: Buffer }> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = publicKey.export({ format: 'jwk' });
  // The kid is the key's RFC 7638 thumbprint: made from the key, so two keys never share one.
  const kid = await calculateJwkThumbprint(publicJwk);
  return { kid, publicJwk, privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }) };
}

/**
 * What has to be done now, in this order, in one transaction; nothing when all is well. Run again after a `create`, until
 * nothing is left. `command`: the active key is replaced whatever its age, as soon as the standby was published long enough.
 */
export function planSigningKeys(keys: readonly SigningKey[], now: number, command = false): SigningKeyStep[] {
  const expired = keys.filter((key) => key.state === 'retired' && now >= publishedUntil(key));
  const remove = expired.map(({ kid }): SigningKeyStep => ({ kind: 'remove', kid }));
  const active = keys.find(({ state }) => state === 'active');
  const standby = keys.filter(({ state }) => state === 'standby').sort((a, b) => a.createdAt - b.createdAt)[0];
  if (!standby) return [...remove, { kind: 'create' }];
  // Before the first token nobody has our JWKS: the first key of all need not wait.
  if (!active) return [...remove, { kind: 'activate', kid: standby.kid }, { kind: 'create' }];
  const isDue = command || now - (active.activatedAt ?? active.createdAt) >= SIGNING_KEY_AGE_MAX_MS;
  if (!isDue || now < readyAt(standby)) return remove;
  return [...remove, { kind: 'retire', kid: active.kid }, { kind: 'activate', kid: standby.kid }, { kind: 'create' }];
}

/** From when on a standby key may sign. */
export function readyAt(standby: SigningKey): number {
  return standby.createdAt + JWKS_MAX_AGE_S * 1000;
}

/** The key after one step, as its row is to be stored. */
export function stepSigningKey(key: SigningKey, step: 'activate' | 'retire', now: number): SigningKey {
  if (step === 'activate' && key.state === 'standby') return { ...key, state: 'active', activatedAt: now };
  if (step === 'retire' && key.state === 'active') return { ...key, state: 'retired', retiredAt: now };
  throw new Error(`A signing key that is ${key.state} cannot ${step}`);
}

/** RFC 7517: the public halves of every key whose tokens may be met now or next. */
export function buildJwks(keys: readonly SigningKey[], now: number): { keys: JWK[] } {
  const published = keys.filter((key) => key.state !== 'retired' || now < publishedUntil(key));
  return {
    // Field by field, so that no private `d` that got into a row can get out.
    keys: published.map(({ kid, publicJwk: { kty, crv, x, y } }) => ({
      kty,
      crv,
      x,
      y,
      kid,
      alg: 'ES256',
      use: 'sig',
    })),
  };
}

function publishedUntil({ retiredAt }: SigningKey): number {
  return (retiredAt ?? Infinity) + ACCESS_TOKEN_LIFETIME_S * 1000 + CLOCK_LEEWAY_MS;
}
