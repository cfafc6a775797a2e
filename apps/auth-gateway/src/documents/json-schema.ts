import { z } from 'zod';

/** As OpenAPI 3.1 takes it: JSON Schema 2020-12, which need not be named. */
export const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: applyOverride });
  return json;
};

/** A schema may bring its own JSON Schema, where the code that checks cannot be turned into one. */
const applyOverride = ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }) => {
  const override = (z.globalRegistry.get(zodSchema) as { override?: object } | undefined)?.override;
  if (!override) return;
  for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
  Object.assign(jsonSchema, override);
};
