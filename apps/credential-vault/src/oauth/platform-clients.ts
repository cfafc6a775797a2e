import { AppError } from '@musicgen/error-codes';
import type { OAuthClient, PlatformDefinition } from '@musicgen/platform-contracts';
import { KeyRing } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { openSecret, type SealedRow } from '../credentials/credential-secrets';
import type { PlatformClient } from './oauth-client';

type OAuthPlatform = PlatformDefinition & { readonly auth: OAuthClient };

/** As much of a credential as says which client it uses; it need not be stored. */
export type ClientUser = SealedRow & Pick<Credential, 'platform' | 'fields'>;

/** Which client a credential uses: its own, or the one that an administrator shares. */
@Injectable()
export class PlatformClients {
  constructor(
    private readonly store: CredentialsStore,
    private readonly ring: KeyRing,
  ) {}

  /** Throws VALIDATION_FAILED for a platform without OAuth, CREDENTIAL_INVALID when there is no client. */
  async of(credential: ClientUser): Promise<PlatformClient> {
    const platform = oauthPlatform(credential.platform);
    if (hasOwnClient(platform, credential)) return this.client(platform, credential, credential);
    const shared = await this.store.findShared(credential.platform, credential.mode);
    if (shared) return this.client(platform, credential, shared);
    const { id, secret } = platform.auth.client;
    throw new AppError('CREDENTIAL_INVALID', {
      details: `It has no ${id} and ${secret}, and no administrator shares a client for ${platform.displayName}`,
      data: { platform: platform.id, reason: 'missing_field', remedy: `Add ${id} and ${secret}.` },
    });
  }

  private client(platform: OAuthPlatform, credential: ClientUser, source: ClientUser): PlatformClient {
    const { id, secret } = platform.auth.client;
    const opened = openSecret(this.ring, source, secret);
    const redirectUri = credential.fields.redirect_uri ?? source.fields.redirect_uri;
    return {
      platform,
      mode: credential.mode,
      id: String(source.fields[id]),
      ...(opened !== undefined && { secret: opened }),
      fields: credential.fields,
      ...(typeof redirectUri === 'string' && { redirectUri }),
    };
  }
}

export const hasOwnClient = (platform: PlatformDefinition, { fields }: Pick<Credential, 'fields'>): boolean =>
  platform.auth.type === 'oauth2' && fields[platform.auth.client.id] !== undefined;

export function isOAuthPlatform(platform: PlatformDefinition): platform is OAuthPlatform {
  return platform.auth.type === 'oauth2';
}

function oauthPlatform(id: string): OAuthPlatform {
  const platform = definitionOf(id);
  if (isOAuthPlatform(platform)) return platform;
  throw new AppError('VALIDATION_FAILED', {
    details: `${platform.displayName} has no OAuth`,
    data: { fields: [{ path: 'id', problem: `is a credential of ${platform.displayName}, which has no OAuth` }] },
  });
}
