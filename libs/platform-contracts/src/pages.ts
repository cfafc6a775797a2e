import { z } from 'zod';

/** `?limit=` and `?cursor=` of every list, as they stand in a query string. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

/** The same between services. */
export const pageRequest = z.strictObject({
  limit: z.number().int().min(1).max(100),
  cursor: z.string().max(200).optional(),
});
export type PageRequest = z.infer<typeof pageRequest>;

/** `{"data": [...], "next_cursor": "…" | null}`. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), next_cursor: z.string().nullable() });
