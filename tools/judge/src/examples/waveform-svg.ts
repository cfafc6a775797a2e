import type { Wav } from '../signal/wav';

const WIDTH = 1200;
const HEIGHT = 160;

/** Peaks and effective levels of a recording over time, as a picture. */
export function waveformSvg({ samples, frames }: Pick<Wav, 'samples' | 'frames'>): string {
  const middle = HEIGHT / 2;
  const columns = Array.from({ length: WIDTH / 2 }, (_, column) => {
    const from = Math.floor((column * frames) / (WIDTH / 2));
    const to = Math.floor(((column + 1) * frames) / (WIDTH / 2));
    let [low, high, square] = [0, 0, 0];
    for (const channel of samples) {
      for (let i = from; i < to; i++) {
        const value = channel[i]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
        square += value * value;
      }
    }
    const level = Math.sqrt(square / Math.max(1, (to - from) * samples.length));
    return { low, high, level, x: column * 2 + 1 };
  });
  const y = (value: number) => (middle - value * middle).toFixed(1);
  const peaks = columns.map(({ x, low, high }) => `M${x} ${y(high)}V${y(low)}`).join('');
  const levels = columns.map(({ x, level }) => `M${x} ${y(level)}V${y(-level)}`).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Waveform">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#12151c"/>`,
    `<path d="${peaks}" stroke="#3f7fbf" stroke-width="1.4"/><path d="${levels}" stroke="#a9d3ff" stroke-width="1.4"/>`,
    '</svg>',
  ].join('\n');
}
