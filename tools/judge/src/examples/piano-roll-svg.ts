import { DRUM_CHANNEL, barBeatsOf } from '../crew/midi';
import type { MidiNote, MidiPiece } from '../crew/midi';

const WIDTH = 1200;
const KEY_HEIGHT = 5;
const DRUM_HEIGHT = 7;
const MARGIN = 18;
const COLOURS = [
  '#4c9be8',
  '#e8894c',
  '#5fbf77',
  '#d05fbf',
  '#e8cf4c',
  '#7d6fe8',
  '#4cd6d0',
  '#e85f6b',
  '#9bbf3f',
  '#c79bff',
  '#ff9bb0',
  '#7fa6a0',
];

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function colourOf(channel: number): string {
  return channel === DRUM_CHANNEL ? '#9aa3b5' : COLOURS[channel % COLOURS.length]!;
}

/** The score as a piano roll: one colour a part, drums below, bars and sections marked. */
export function pianoRollSvg(piece: MidiPiece): string {
  const pitched = piece.notes.filter(({ channel }) => channel !== DRUM_CHANNEL);
  const drums = piece.notes.filter(({ channel }) => channel === DRUM_CHANNEL);
  const end = Math.max(1, ...piece.notes.map(({ beat, beats }) => beat + beats));
  const lowest = Math.min(...pitched.map(({ pitch }) => pitch), 60);
  const highest = Math.max(...pitched.map(({ pitch }) => pitch), 61);
  const lanes = [...new Set(drums.map(({ pitch }) => pitch))].sort((a, b) => b - a);
  const rollHeight = (highest - lowest + 1) * KEY_HEIGHT;
  const height = MARGIN + rollHeight + 8 + lanes.length * DRUM_HEIGHT;
  const x = (beat: number) => ((beat / end) * WIDTH).toFixed(1);
  const rectangle = ({ beat, beats, channel, velocity }: MidiNote, y: number, thick: number) =>
    `<rect x="${x(beat)}" y="${y}" width="${Math.max(1.5, (beats / end) * WIDTH - 0.5).toFixed(1)}" height="${thick}" ` +
    `fill="${colourOf(channel)}" opacity="${(0.35 + (0.65 * velocity) / 127).toFixed(2)}"/>`;
  const lines: string[] = [];
  for (let beat = 0; beat <= end; beat += barBeatsOf(piece)) lines.push(`M${x(beat)} ${MARGIN}V${height}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Piano roll">`,
    `<rect width="${WIDTH}" height="${height}" fill="#12151c"/><path d="${lines.join('')}" stroke="#2a303c"/>`,
    ...pitched.map((note) => rectangle(note, MARGIN + (highest - note.pitch) * KEY_HEIGHT, KEY_HEIGHT - 1)),
    ...drums.map((note) =>
      rectangle(note, MARGIN + rollHeight + 8 + lanes.indexOf(note.pitch) * DRUM_HEIGHT, DRUM_HEIGHT - 2),
    ),
    ...piece.markers.map(
      ({ beat, name }) =>
        `<path d="M${x(beat)} 0V${height}" stroke="#6b7690"/><text x="${(Number(x(beat)) + 4).toFixed(1)}" y="12" ` +
        `fill="#c8d0e0" font-family="sans-serif" font-size="11">${escaped(name)}</text>`,
    ),
    '</svg>',
  ].join('\n');
}
