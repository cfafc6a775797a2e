import { warnings, type CredentialView } from '@musicgen/platform-contracts';
import type { KeyRing } from '@musicgen/service-kit';
import { definitionOf, mask } from './credential-fields';
import { openSecrets } from './credential-secrets';
import type { Credential } from './credential.entity';

/** A credential as its owner sees it: secrets are masked. */
export function view(credential: Credential, ring: KeyRing): CredentialView {
  const platform = definitionOf(credential.platform);
  const secrets = openSecrets(ring, credential);
  const masked = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, mask(value)]));
  return {
    ...summary(credential),
    fields: { ...credential.fields, ...masked },
    warnings: warnings(platform, { ...credential.fields, ...secrets }),
  };
}

/** The row as the wire shows it, without any field's value. */
export const summary = (credential: Credential) => ({
  id: credential.id,
  platform: credential.platform,
  name: credential.name,
  description: credential.description,
  is_active: credential.isActive,
  shared: credential.isShared,
  state: credential.state,
  last_validated: credential.lastValidated?.toISOString() ?? null,
  validation_error: credential.validationError,
  mode: credential.mode,
  created_at: credential.createdAt.toISOString(),
  updated_at: credential.updatedAt.toISOString(),
});
