import type { TokenInfo } from '@musicgen/platform-contracts';
import { KeyRing } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import { definitionOf } from '../credentials/credential-fields';
import { openSecrets } from '../credentials/credential-secrets';
import type { Credential } from '../credentials/credential.entity';
import type { Grant } from '../grants/grant.entity';
import type { OpenToken } from '../grants/token-cache';
import { tokenInfo } from '../grants/token-info';
import { DeveloperTokens, renewedAt, signsTokens } from './developer-tokens';

/** The tokens of platforms that have no OAuth: the vault signs them, and they look like any other. */
@Injectable()
export class SignedTokens {
  constructor(
    private readonly tokens: DeveloperTokens,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  areOf({ platform }: Pick<Credential, 'platform'>): boolean {
    return signsTokens(definitionOf(platform));
  }

  /** The app's own, whatever was asked for: such a platform knows no other. Throws CREDENTIAL_INVALID. */
  async open(credential: Credential, rejected?: number): Promise<OpenToken> {
    const { id, userId, mode, platform } = credential;
    const { token, expiresAt, version } = await this.sign(credential, rejected);
    const facts = { userId, mode, kind: 'app' as const, platform, expiresAt, scopes: null, version };
    return { ...facts, credentialId: id, askedOf: id, accessToken: token };
  }

  /** The grant has no token, but may have a clock. */
  async describe(credential: Credential, grant: Grant | null): Promise<TokenInfo> {
    const { expiresAt } = await this.sign(credential);
    return {
      ...tokenInfo(credential, grant, this.clock.now()),
      access_token_present: true,
      expires_at: expiresAt.toISOString(),
      next_refresh_at: renewedAt(expiresAt).toISOString(),
    };
  }

  private sign(credential: Credential, rejected?: number) {
    const platform = definitionOf(credential.platform);
    if (!signsTokens(platform)) throw new Error(`${platform.id} has no tokens that the vault signs`);
    return this.tokens.of(platform, { ...credential.fields, ...openSecrets(this.ring, credential) }, rejected);
  }
}
