import type { RenderReport } from '../crew/engine';

/** What a generation answers, as far as it is drawn. */
export interface Generation extends RenderReport {
  prompt: string;
  seed: number;
  /** Minimum and maximum of each pixel in turn, -128 to 127. */
  waveform: readonly number[];
}

const WIDTH = 960;
const HEIGHT = 330;
const MARGIN = 30;
const INNER = WIDTH - 2 * MARGIN;
const FRAME = { top: 112, height: 186 };
/** The waveform's, below the names of the sections. */
const MIDDLE = 215;
const REACH = 78;
const COLUMNS = 250;
const TICK_SECONDS = 10;

const STYLE =
  'text { font: 15px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1c2b28 } ' +
  '.small { font-size: 12px; fill: #4a5a56 }';

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function columns(waveform: readonly number[]): string {
  const pixels = waveform.length / 2;
  return Array.from({ length: COLUMNS }, (_, column) => {
    const from = 2 * Math.floor((column * pixels) / COLUMNS);
    const piece = waveform.slice(from, 2 * Math.floor(((column + 1) * pixels) / COLUMNS));
    const x = (MARGIN + ((column + 0.5) * INNER) / COLUMNS).toFixed(1);
    const y = (value: number) => (MIDDLE - (value / 128) * REACH).toFixed(1);
    return `M${x} ${y(Math.max(0, ...piece))}V${y(Math.min(0, ...piece))}`;
  }).join('');
}

/** One generation as a picture: the prompt, what was understood, the sections, the waveform. */
export function generationSvg({ prompt, seed, interpretation, analysis, engineVersion, waveform }: Generation): string {
  const { durationSeconds, sections, loudness, truePeak } = analysis;
  const x = (seconds: number) => MARGIN + (seconds / durationSeconds) * INNER;
  const understood = [`${analysis.tempo} bpm`, analysis.key, analysis.timeSignature, interpretation.genre.value];
  const band = interpretation.instruments.value.join(', ').replaceAll('_', ' ');
  const ignored = interpretation.ignored.length > 0 ? `; ignored: ${interpretation.ignored.join(', ')}` : '';
  const text = (at: number, y: number, content: string) =>
    `<text x="${at.toFixed(1)}" y="${y}" class="small">${escaped(content)}</text>`;
  const boxes = sections.map(({ name, startSeconds, bars, energy }, i) => {
    const width = x(sections[i + 1]?.startSeconds ?? durationSeconds) - x(startSeconds) - 2;
    return (
      `<rect x="${x(startSeconds).toFixed(1)}" y="${FRAME.top}" width="${width.toFixed(1)}" height="${FRAME.height}" rx="4" ` +
      `fill="#2f7d6b" fill-opacity="${(0.06 + 0.14 * energy).toFixed(2)}"/>` +
      text(x(startSeconds) + 8, FRAME.top + 16, `${name}, ${bars} bars`)
    );
  });
  const ticks = Array.from({ length: Math.floor(durationSeconds / TICK_SECONDS) + 1 }, (_, i) => i * TICK_SECONDS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">`,
    '<title id="title">The waveform and the sections of a generated piece</title>',
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fbfaf6"/>`,
    `<text x="${MARGIN}" y="36">"${escaped(prompt)}"</text>`,
    text(MARGIN, 62, `understood: ${understood.join(', ')}; ${band}${ignored}`),
    text(
      MARGIN,
      82,
      `${durationSeconds} s, ${loudness.toFixed(1)} LUFS, true peak ${truePeak.toFixed(1)} dBTP, seed ${seed}, ${engineVersion}`,
    ),
    ...boxes,
    `<path d="${columns(waveform)}" stroke="#2f7d6b" stroke-width="2"/>`,
    ...ticks.map((s) => `<text x="${x(s).toFixed(1)}" y="316" class="small" text-anchor="middle">${s} s</text>`),
    '</svg>',
    '',
  ].join('\n');
}
