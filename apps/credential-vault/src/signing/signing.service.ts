import { AppError } from '@musicgen/error-codes';
import type { makeSignature, PlatformId, Principal, RequestOf, ResponseOf } from '@musicgen/platform-contracts';
import { KeyRing, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service';
import { Clock } from '../clock';
import { definitionOf } from '../credentials/credential-fields';
import { openSecret } from '../credentials/credential-secrets';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { signRequest } from './request-signature';

type Request = RequestOf<(typeof makeSignature)['contracts'][number]>;
type Signature = ResponseOf<(typeof makeSignature)['contracts'][number]>;

/** Signs requests with secrets that stay here. */
@Injectable()
export class SigningService {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {}

  async sign(call: Call<Principal>, platform: PlatformId, { credential_id, data_type }: Request): Promise<Signature> {
    const { principal } = call;
    if (!principal.permissions.some((permission) => permission.startsWith(`${platform}:`))) {
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details: `This needs a permission for ${platform}` });
    }
    this.audit.mustBeWritable();
    const credential = await this.credentialOf(principal, platform, credential_id);
    return this.audit.used(call, credential, 'signed', () => this.signatureOf(credential, platform, data_type));
  }

  private signatureOf(credential: Credential, platform: PlatformId, dataType: Request['data_type']): Signature {
    const { auth, hostFields = {} } = definitionOf(platform);
    if (auth.type !== 'keys' || !auth.signature) throw new Error(`${platform} has no signed requests`);
    const { key, secret } = auth.signature;
    const opened = openSecret(this.ring, credential, secret);
    const id = credential.fields[key];
    if (opened === undefined || typeof id !== 'string')
      throw incomplete(platform, [hostFields[auth.signature.host], key, secret]);
    const named = Object.values(hostFields).filter((name) => typeof credential.fields[name] === 'string');
    return {
      credential_id: credential.id,
      fields: Object.fromEntries(named.map((name) => [name, String(credential.fields[name])])),
      ...signRequest(auth.signature, { id, secret: opened }, dataType, this.clock.now()),
    };
  }

  private async credentialOf(principal: Principal, platform: PlatformId, id: string | undefined): Promise<Credential> {
    if (id === undefined) {
      const active = await this.credentials.findActive(principal, platform);
      if (!active) throw new AppError('NO_ACTIVE_CREDENTIAL');
      return active;
    }
    const credential = await this.credentials.find(principal, id);
    if (credential?.platform !== platform) throw new AppError('NOT_FOUND');
    return credential;
  }
}

function incomplete(platform: PlatformId, names: readonly (string | undefined)[]): AppError {
  const fields = names.filter((name) => name !== undefined).join(', ');
  return new AppError('CREDENTIAL_INVALID', {
    details: `The credential lacks ${fields}`,
    data: { platform, reason: 'missing_field', remedy: `Add ${fields} to the credential.` },
  });
}
