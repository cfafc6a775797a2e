import type { KeyRing } from '@musicgen/service-kit';
import type { Credential } from './credential.entity';
import { Envelope } from './envelope';

/** As much of a row as its secrets need to open. */
export type SealedRow = Pick<Credential, 'id' | 'userId' | 'mode' | 'dataKey' | 'secrets' | 'secretsVersion'>;

type Values = Record<string, unknown>;

/** Bound to how often the secrets have been changed: an older one that is put back does not open. */
export const sealSecrets = (envelope: Envelope, values: Values, version: number): Record<string, string> =>
  mapped(values, (name, value) => envelope.seal(field(name, version), value));

export function openSecrets(ring: KeyRing, { secrets, secretsVersion, dataKey, ...binding }: SealedRow): Values {
  const envelope = Envelope.open(ring, binding, dataKey);
  return mapped(secrets, (name, sealed) => envelope.openField(field(name, secretsVersion), sealed));
}

/** Undefined if the credential has none of that name. */
export function openSecret(ring: KeyRing, row: SealedRow, name: string): string | undefined {
  const sealed = row.secrets[name];
  if (sealed === undefined) return undefined;
  return String(Envelope.open(ring, row, row.dataKey).openField(field(name, row.secretsVersion), sealed));
}

const field = (name: string, version: number) => (version === 0 ? name : `${name}:${version}`);

const mapped = <V, W>(values: Record<string, V>, map: (name: string, value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(name, value)]));
