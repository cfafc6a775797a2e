import type { Metre } from '../form/metre';
import type { Genre } from '../genres/genre';
import type { Key } from '../harmony/pitch';

/** What is to be composed: prompt and parameters, resolved. */
export interface Intent {
  genre: Genre;
  key: Key;
  metre: Metre;
  tempo: { explicit?: number; min: number; max: number; target: number };
  /** 0 to 1; 0.5 is the genre's own. */
  energy: number;
  /** −1 dark to 1 bright. */
  brightness: number;
  /** Instruments that must be heard, most wanted first. */
  wanted: string[];
  /** Nothing but what is wanted. */
  isLineUp: boolean;
  /** Instruments that must not be heard. */
  excluded: ReadonlySet<string>;
  /** The leading instruments take turns at solos. */
  wantsSolo: boolean;
  duration: number;
  loop: boolean;
  structure?: { name: string; bars: number }[];
  title: string;
}
