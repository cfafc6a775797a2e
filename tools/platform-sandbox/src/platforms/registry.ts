import type { SandboxPlatform } from '../platform';
import { spotify } from './spotify/spotify';
import { youtubeMusic } from './youtube-music/youtube-music';

/** One line for each platform. */
export const registeredPlatforms: readonly SandboxPlatform[] = [spotify, youtubeMusic];
