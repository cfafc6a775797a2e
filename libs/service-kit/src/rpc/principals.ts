import { principalSchema, type Principal } from '@musicgen/platform-contracts';
import { LRUCache } from 'lru-cache';

/** The same few texts come with every request of a user: reading one costs more than most requests do. */
const read = new LRUCache<string, Principal>({
  max: 5_000,
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_, text) => text.length,
});

/** The principal that a header holds, the same object for the same text: nobody can change it. Throws for anything else. */
export function readPrincipal(text: string): Principal {
  const known = read.get(text);
  if (known) return known;
  const principal = principalSchema.parse(JSON.parse(text));
  Object.freeze(principal.permissions);
  read.set(text, Object.freeze(principal));
  return principal;
}
