export { acrcloud } from './acrcloud.platform';
export { amazonMusic as amazon_music } from './amazon-music.platform';
export { appleMusic as apple_music } from './apple-music.platform';
export { deezer } from './deezer.platform';
export { spotify } from './spotify.platform';
export { tidal } from './tidal.platform';
export { youtubeMusic as youtube_music } from './youtube-music.platform';
