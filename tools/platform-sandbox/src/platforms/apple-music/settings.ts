import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { Client, User } from '../../state/rows';

/** The id everywhere. */
export const platform = 'apple_music';

const musicKey = z.object({
  keyId: z.string().length(10),
  /** PEM. */
  publicKey: z.string().refine(isPublicKey, 'must be a public key, as PEM'),
  /** Kept for keys the sandbox made itself, so that somebody can use them. */
  privateKey: z.string().optional(),
  isRevoked: z.boolean().default(false),
  /** Keys of other services are refused. */
  hasMusicKit: z.boolean().default(true),
});

/** What can be set about a team of the Apple Developer Program. */
export const appleSettings = z.object({
  keys: z.array(musicKey).default([]),
  /** Of one developer token; null: no limit. */
  requestsPerMinute: z.int().min(1).nullable().default(null),
});

/** What can be set about somebody's Apple account. */
export const appleAccount = z.object({
  subscription: z.enum(['yes', 'none', 'voice']).default('yes'),
  hasAcceptedPrivacyNotice: z.boolean().default(true),
});

/** The settings of a team. */
export const settingsOf = (client: Client) => appleSettings.parse(client.settings);

/** A person's Apple account. */
export const accountOf = (user: User) => appleAccount.parse(user.accounts[platform] ?? {});

function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
