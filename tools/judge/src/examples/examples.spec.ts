import type { MidiPiece } from '../crew/midi';
import { pageOf } from './page';
import { pianoRollSvg } from './piano-roll-svg';
import { waveformSvg } from './waveform-svg';

const PIECE: MidiPiece = {
  notes: [
    { beat: 0, beats: 1, pitch: 60, velocity: 90, channel: 0, program: 0 },
    { beat: 1, beats: 1, pitch: 36, velocity: 90, channel: 9, program: 0 },
  ],
  bpm: 120,
  timeSignature: { numerator: 4, denominator: 4 },
  markers: [{ beat: 0, name: 'A & <B>' }],
};

describe('the examples', () => {
  it('show every note and every section', () => {
    const svg = pianoRollSvg(PIECE);
    expect(svg.match(/<rect /g)).toHaveLength(3);
    expect(svg).toContain('A &amp; &lt;B>');
  });

  it('show a waveform as high as it is loud', () => {
    const svg = waveformSvg({ samples: [new Float32Array(4800).fill(1)], frames: 4800 });
    expect(svg).toContain('M1 0.0V80.0');
  });

  it('are all on the page, with their files', () => {
    const example = { genre: 'drum_and_bass', prompt: 'x', seed: 1, tempo: 174, key: 'F minor', timeSignature: '4/4' };
    const page = pageOf([example]);
    for (const ending of ['wav', 'mp3', 'mid', 'waveform.svg', 'score.svg']) {
      expect(page).toContain(`drum_and_bass.${ending}`);
    }
  });
});
