import { companions, type PlatformDefinition } from './definition';
import { metaOf, type FieldFacts, type FieldKind } from './fields';
import { importedTokens } from './imported-tokens';

/** One input of a form, in the order of the form. */
export interface FormField extends FieldFacts {
  name: string;
  kind: FieldKind;
  secret: boolean;
  required: boolean;
  /** The fields that must be filled in too when this one is. */
  together: string[];
  /** What may be chosen; other values are accepted with a warning. */
  options?: readonly string[];
}

/** The form of a platform's credential. */
export function formFields(platform: PlatformDefinition): FormField[] {
  return Object.entries(platform.fieldsSchema.shape).map(([name, field]) => {
    const { label, help, example, kind, secret, options } = metaOf(field);
    return {
      name,
      label,
      ...(help && { help }),
      ...(example && { example }),
      kind,
      secret,
      required: !field.safeParse(undefined).success,
      together: companions(platform, name),
      ...(options && { options }),
    };
  });
}

/** The names of the fields that never leave the vault. */
export function secretFields(platform: PlatformDefinition): string[] {
  return namesOf(platform, true);
}

/** The names of the fields that may be shown. */
export function publicFields(platform: PlatformDefinition): string[] {
  return namesOf(platform, false);
}

/** What is odd about accepted fields: formats that are usual and that the platform never promised. Never holds a value of a secret. */
export function warnings(platform: PlatformDefinition, fields: Readonly<Record<string, unknown>>): FieldWarning[] {
  return Object.entries(platform.fieldsSchema.shape).flatMap(([path, field]) => {
    const { hint } = metaOf(field);
    const values = [fields[path]].flat().filter((value) => typeof value === 'string');
    const problems = hint ? values.map(hint).filter((problem) => problem !== undefined) : [];
    return problems.map((problem) => ({ path, problem }));
  });
}

/** A remark about a field that was accepted. */
export interface FieldWarning {
  path: string;
  problem: string;
}

/** Fields as a user might send them, for documentation and tests. */
export function exampleFields(platform: PlatformDefinition): Record<string, unknown> {
  const own = formFields(platform).filter(({ name }) => !(name in importedTokens));
  return Object.fromEntries(
    own.map(({ name, kind, example, options }) => [
      name,
      kind === 'list' ? options?.slice(0, 2) : (example ?? 'example'),
    ]),
  );
}

function namesOf(platform: PlatformDefinition, secret: boolean): string[] {
  const fields = Object.entries(platform.fieldsSchema.shape);
  return fields.filter(([, field]) => metaOf(field).secret === secret).map(([name]) => name);
}
