import type { MidiPiece } from '../crew/midi';
import { generationSvg } from './generation-svg';
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

  it('have one in the README: what was asked and understood, its sections, its waveform', () => {
    const section = { bars: 4, energy: 0.5 };
    const svg = generationSvg({
      prompt: 'jazz & <blues>',
      seed: 7,
      engineVersion: 'composer-9',
      interpretation: {
        genre: { value: 'jazz' },
        tempo: { value: 120 },
        key: { value: 'F major' },
        instruments: { value: ['upright_bass'] },
        ignored: ['vocals'],
      },
      analysis: {
        tempo: 120,
        key: 'F major',
        timeSignature: '4/4',
        sections: [
          { ...section, name: 'intro', startSeconds: 0 },
          { ...section, name: 'verse', startSeconds: 10 },
        ],
        loudness: -14,
        truePeak: -1.5,
        durationSeconds: 20,
      },
      waveform: Array.from({ length: 2000 }, (_, i) => (i % 2 ? 127 : -128)),
    });
    expect(svg).toContain('jazz &amp; &lt;blues>');
    expect(svg).toContain('understood: 120 bpm, F major, 4/4, jazz; upright bass; ignored: vocals');
    expect(svg).toContain('20 s, -14.0 LUFS, true peak -1.5 dBTP, seed 7, composer-9');
    expect(svg).toContain('x="30.0" y="112" width="448.0"');
    expect(svg).toContain('x="480.0" y="112" width="448.0"');
    expect(svg.match(/M[\d.]+ 137\.6V293\.0/g)).toHaveLength(250);
  });

  it('are all on the page, with their files', () => {
    const facts = { tempo: 174, key: 'F minor', timeSignature: '4/4', instruments: ['drums', 'sub_bass'] };
    const page = pageOf([{ genre: 'drum_and_bass', prompt: 'x', seed: 1, ...facts }], 'composer-9');
    for (const fact of ['174 bpm', 'F minor', 'drums, sub bass', 'composer-9']) expect(page).toContain(fact);
    for (const ending of ['wav', 'mp3', 'mid', 'waveform.svg', 'score.svg']) {
      expect(page).toContain(`drum_and_bass.${ending}`);
    }
  });
});
