import type { Genre } from './genre';
import { jazz } from './jazz';
import { pop } from './pop';
import { techno } from './techno';

/** Every genre by its id: adding one is its file and its line here. */
export const GENRES: Readonly<Record<string, Genre>> = Object.fromEntries(
  [jazz, pop, techno].map((genre) => [genre.id, genre]),
);

/** The ids a request may name. */
export const GENRE_IDS: readonly string[] = Object.keys(GENRES);

export function genreNamed(name: string): string | undefined {
  return GENRES[name] ? name : undefined;
}
