import { platforms, secretFields, type PlatformDefinition, type PlatformId } from '@musicgen/platform-contracts';
import { validationFailed } from '@musicgen/service-kit';

type Fields = Record<string, unknown>;

/** The definition of a platform that the contract has let in. */
export const definitionOf = (id: string): PlatformDefinition => platforms[id as PlatformId];

/** Checked fields, apart by whether they may ever be shown. Refuses by name what does not fit the platform. */
export function checkFields(platform: PlatformDefinition, fields: Fields): { open: Fields; secret: Fields } {
  const parsed = platform.fieldsSchema.safeParse(fields);
  if (!parsed.success) throw validationFailed(parsed.error, 'fields');
  const secrets = new Set(secretFields(platform));
  const entries = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return {
    open: Object.fromEntries(entries.filter(([name]) => !secrets.has(name))),
    secret: Object.fromEntries(entries.filter(([name]) => secrets.has(name))),
  };
}

/** Fields that are left out stay; null takes one away, if the platform has it. */
export const mergeFields = (platform: PlatformDefinition, stored: Fields, changes: Fields): Fields =>
  Object.fromEntries(
    Object.entries({ ...stored, ...changes }).filter(
      ([name, value]) => value !== null || !Object.hasOwn(platform.fieldsSchema.shape, name),
    ),
  );

/** What a secret shows of itself: its last four characters, unless it is so short that they would give it away. */
export const mask = (value: unknown): { set: true; hint: string } => {
  const text = String(value).trim();
  return { set: true, hint: text.length >= 12 ? `…${text.slice(-4)}` : '…' };
};
