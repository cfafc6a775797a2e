import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { KeyRing, newId } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { By } from '../audit/audit.service';
import { checkFields, definitionOf } from '../credentials/credential-fields';
import { openSecrets, sealSecrets } from '../credentials/credential-secrets';
import type { Credential } from '../credentials/credential.entity';
import { Envelope } from '../credentials/envelope';
import type { PlatformClient } from '../oauth/oauth-client';
import { isOAuthPlatform, PlatformClients, type ClientUser } from '../oauth/platform-clients';
import { Prober, type UserTokens } from './prober.service';
import { StoredTokens, tokensIn } from './stored-tokens.service';
import type { CheckedPart } from './verdict';

export interface CheckOptions {
  deep: boolean;
  signal: AbortSignal;
  by?: By;
}

/** Opens a credential, stored or not, and has its platform asked about each part. */
@Injectable()
export class Checks {
  constructor(
    private readonly prober: Prober,
    private readonly clients: PlatformClients,
    private readonly storedTokens: StoredTokens,
    private readonly ring: KeyRing,
  ) {}

  ofStored(credential: Credential, options: CheckOptions): Promise<CheckedPart[]> {
    return this.check(credential, this.storedTokens.of(credential, options.by), options);
  }

  /** Throws VALIDATION_FAILED for fields that do not fit. */
  ofFields(principal: Principal, platform: string, fields: Record<string, unknown>, options: CheckOptions) {
    const { open, secret } = checkFields(definitionOf(platform), fields);
    const binding = { id: newId('cred'), userId: principal.user_id, mode: principal.mode };
    const envelope = Envelope.create(this.ring, binding);
    const sealed = { secrets: sealSecrets(envelope, secret, 0), secretsVersion: 0, dataKey: envelope.wrapped };
    return this.check({ ...binding, platform, fields: open, ...sealed }, tokensIn(secret), options);
  }

  private async check(credential: ClientUser, tokens: UserTokens, options: CheckOptions): Promise<CheckedPart[]> {
    const { mode } = credential;
    const platform = definitionOf(credential.platform);
    const fields = { ...credential.fields, ...openSecrets(this.ring, credential) };
    const client = isOAuthPlatform(platform) ? await this.clientOf(credential) : undefined;
    return this.prober.check({ platform, mode, fields, client, tokens }, options);
  }

  private async clientOf(credential: ClientUser): Promise<PlatformClient | undefined> {
    try {
      return await this.clients.of(credential);
    } catch (error) {
      // Public catalogues need none.
      if (error instanceof AppError && error.code === 'CREDENTIAL_INVALID') return undefined;
      throw error;
    }
  }
}
