import { stableNumber } from '../state/random';
import type { User } from '../state/rows';
import { tracks, type Track } from './catalogue';

/** A track heard at a time. */
export interface Play {
  readonly track: Track;
  readonly playedAt: number;
  readonly isFromPlaylist: boolean;
}

/** How somebody listens: one track after each interval, since the beginning. */
export interface Habit {
  readonly intervalSeconds: number;
  /** So long after its end a play shows up. */
  readonly lagSeconds: number;
}

/** The newest plays at a point in time, newest first: computed, so that moving the clock makes people listen. */
export function playsBefore(user: User, { intervalSeconds, lagSeconds }: Habit, now: number, count: number): Play[] {
  const step = intervalSeconds * 1000;
  const newest = Math.floor((now - lagSeconds * 1000) / step);
  return Array.from({ length: count }, (_, back) => playNumber(user, newest - back, step));
}

function playNumber(user: User, number: number, step: number): Play {
  const seed = `${user.id}:${number}`;
  const taste = stableNumber(user.id, tracks.length);
  // Most of what somebody hears comes from a few tracks; the milliseconds are odd, as they are at Spotify.
  const reach = stableNumber(`reach:${seed}`, 4) === 0 ? tracks.length : 30;
  return {
    track: tracks[(taste + stableNumber(seed, reach)) % tracks.length] as Track,
    playedAt: number * step - stableNumber(`ms:${seed}`, Math.min(step, 1000)),
    isFromPlaylist: stableNumber(`context:${seed}`, 3) > 0,
  };
}

/** Tracks somebody likes, always the same ones for the same purpose. */
export function favourites(user: User, purpose: string, count: number): Track[] {
  const start = stableNumber(`${purpose}:${user.id}`, tracks.length);
  const stride = 7;
  return Array.from({ length: count }, (_, index) => tracks[(start + index * stride) % tracks.length] as Track);
}
