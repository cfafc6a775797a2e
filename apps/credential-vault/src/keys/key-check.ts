import type { KeyRing } from '@musicgen/service-kit';
import type { CensusRow } from './keys.store';
import type { VaultKey } from './vault-key.entity';

/** What only a key can open that is not the one it says to be: sealed when the key was first used. */
export const canaryText = 'the vault opens';
export const canaryContext = (version: number) => ['vault_canary', String(version)];

/** One sentence for each key that is missing, wrong or damaged; none: every credential can be read. */
export function keyProblems(ring: KeyRing, known: readonly VaultKey[], census: readonly CensusRow[]): string[] {
  const problems = new Map<number, string>();
  const held = (version: number) => (ring.versions.includes(version) ? ring.fingerprint(version) : undefined);
  for (const { version, fingerprint, dataKeys, passing } of census) {
    const missing = held(version) !== fingerprint;
    if (missing && dataKeys + passing > 0) problems.set(version, wanted(version, fingerprint, held(version), dataKeys));
  }
  for (const { version, fingerprint, canary } of known) {
    if (problems.has(version) || held(version) === undefined) continue;
    if (held(version) !== fingerprint) problems.set(version, wanted(version, fingerprint, held(version), 0));
    else if (!opens(ring, version, canary)) {
      problems.set(version, `The canary of key version ${version} in the database is damaged; restore vault_keys.`);
    }
  }
  return [...problems.values()];
}

function wanted(version: number, fingerprint: string, held: string | undefined, dataKeys: number): string {
  const what = `VAULT_KEYS needs key version ${version} with fingerprint ${fingerprint}`;
  const why = dataKeys > 0 ? `; ${dataKeys} credentials cannot be read without it` : '';
  return held ? `${what}, it holds another one as that version, ${held}${why}.` : `${what}${why}.`;
}

function opens(ring: KeyRing, version: number, canary: Buffer): boolean {
  try {
    return ring.open(canary, canaryContext(version)).toString() === canaryText;
  } catch {
    return false;
  }
}
