import type { SandboxPlatform } from '../platform';
import { acrcloud } from './acrcloud/acrcloud';
import { amazonMusic } from './amazon-music/amazon-music';
import { appleMusic } from './apple-music/apple-music';
import { deezer } from './deezer/deezer';
import { spotify } from './spotify/spotify';
import { tidal } from './tidal/tidal';
import { youtubeMusic } from './youtube-music/youtube-music';

/** One line for each platform. */
export const registeredPlatforms: readonly SandboxPlatform[] = [
  acrcloud,
  amazonMusic,
  appleMusic,
  deezer,
  spotify,
  tidal,
  youtubeMusic,
];
