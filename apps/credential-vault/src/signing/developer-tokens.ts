import type { DeveloperToken, PlatformDefinition } from '@musicgen/platform-contracts';
import { AppError } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
import { importPKCS8, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { Clock } from '../clock';

/** Short, because whoever holds one can use it until it ends; platforms allow months. */
const lifetimeSeconds = 24 * 3600;
/** Whoever gets a token can use it at least that long. */
const leftSecondsMin = 3600;
/** The platform's clock may be behind ours. */
const backdatedSeconds = 60;

interface SignedToken {
  token: string;
  expiresAt: Date;
  /** Grows with every token that is signed. */
  version: number;
}

/** From then on another one is given away. */
export const renewedAt = (expiresAt: Date) => new Date(expiresAt.getTime() - leftSecondsMin * 1000);

/** Tokens that the vault signs itself, with a private key of the credential. Made when they are asked for, and kept. */
@Injectable()
export class DeveloperTokens {
  private readonly tokens = new LRUCache<string, SignedToken>({ max: 1_000 });

  constructor(private readonly clock: Clock) {}

  /** Not one of the `rejected` version, or before. Throws CREDENTIAL_INVALID for a key that cannot sign. */
  async of(
    platform: PlatformDefinition & { readonly auth: DeveloperToken },
    fields: Readonly<Record<string, unknown>>,
    rejected = 0,
  ): Promise<SignedToken> {
    const { issuer, keyId, privateKey } = platform.auth;
    const parts = [issuer, keyId, privateKey].map((name) => String(fields[name] ?? ''));
    const id = createHash('sha256')
      .update(JSON.stringify([platform.id, ...parts]))
      .digest('base64');
    const now = this.clock.now();
    const kept = this.tokens.get(id);
    if (kept && kept.version > rejected && now <= renewedAt(kept.expiresAt)) return kept;
    const seconds = Math.floor(now.getTime() / 1000);
    // Two in a second are not the same: the platform may have refused the first.
    const made = { ...(await sign(platform, fields, seconds)), version: Math.max(seconds, rejected + 1) };
    this.tokens.set(id, made);
    return made;
  }
}

async function sign(
  platform: PlatformDefinition & { readonly auth: DeveloperToken },
  fields: Readonly<Record<string, unknown>>,
  now: number,
): Promise<Omit<SignedToken, 'version'>> {
  const { algorithm, issuer, keyId, privateKey, lifetimeSecondsMax } = platform.auth;
  const expires = now + Math.min(lifetimeSeconds, lifetimeSecondsMax - backdatedSeconds);
  try {
    const token = await new SignJWT()
      .setProtectedHeader({ alg: algorithm, kid: String(fields[keyId]) })
      .setIssuer(String(fields[issuer]))
      .setIssuedAt(now - backdatedSeconds)
      .setExpirationTime(expires)
      .sign(await importPKCS8(String(fields[privateKey]), algorithm));
    return { token, expiresAt: new Date(expires * 1000) };
  } catch {
    // What was thrown may quote the key.
    throw new AppError('CREDENTIAL_INVALID', {
      details: `${privateKey} is no private key for ${algorithm}`,
      data: {
        platform: platform.id,
        reason: 'malformed_field',
        remedy: `Paste ${privateKey} again, whole: an EC key on the curve P-256, as PKCS#8.`,
      },
    });
  }
}

/** Whether the platform's token is one that the vault signs. */
export function signsTokens(
  platform: PlatformDefinition,
): platform is PlatformDefinition & { readonly auth: DeveloperToken } {
  return platform.auth.type === 'developer_token';
}
