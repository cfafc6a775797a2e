import { ambient } from './ambient';
import { blues } from './blues';
import { classical } from './classical';
import { country } from './country';
import { drumAndBass } from './drum-and-bass';
import { folk } from './folk';
import { funk } from './funk';
import type { Genre } from './genre';
import { hiphop } from './hiphop';
import { house } from './house';
import { jazz } from './jazz';
import { latin } from './latin';
import { lofi } from './lofi';
import { metal } from './metal';
import { orchestral } from './orchestral';
import { pop } from './pop';
import { reggae } from './reggae';
import { rnb } from './rnb';
import { rock } from './rock';
import { techno } from './techno';

const ALL: Genre[] = [
  pop,
  rock,
  jazz,
  blues,
  classical,
  orchestral,
  ambient,
  lofi,
  hiphop,
  house,
  techno,
  drumAndBass,
  funk,
  reggae,
  latin,
  folk,
  country,
  metal,
  rnb,
];

/** Every genre by its id: adding one is its file and its line above. */
export const GENRES: Readonly<Record<string, Genre>> = Object.fromEntries(ALL.map((genre) => [genre.id, genre]));

/** The ids a request may name. */
export const GENRE_IDS: readonly string[] = ALL.map((genre) => genre.id);
