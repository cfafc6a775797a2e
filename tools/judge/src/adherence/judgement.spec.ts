import { keyScore, tempoScore } from './scores';
import type { Row } from './judgement';
import { isTempo, tempoAgreement } from './tempo-agreement';

function makeRow(overrides: Partial<Row>): Row {
  return overrides as Row;
}

describe('the judgement of a piece', () => {
  it('allows four percent and an octave', () => {
    expect([96, 104, 50, 200].map((heard) => isTempo(heard, 100))).toEqual([true, true, true, true]);
    expect([95, 105, 67, 133, 25].map((heard) => isTempo(heard, 100))).toEqual([false, false, false, false, false]);
  });

  it('allows the dotted beat in six eight only', () => {
    expect([isTempo(80, 120, '6/8'), isTempo(80, 120, '4/4')]).toEqual([true, false]);
  });

  it('wants two judges of three', () => {
    expect(tempoAgreement({ aubio: 100, bpm: 133, own: 100 }, 100, '4/4')).toEqual({
      agree: ['aubio', 'own'],
      isHeard: true,
    });
    expect(tempoAgreement({ aubio: null, bpm: 133, own: 100 }, 100, '4/4').isHeard).toBe(false);
  });

  it('wants the only judge that is there', () => {
    expect(tempoAgreement({ own: 100 }, 100, '4/4').isHeard).toBe(true);
    expect(tempoAgreement({}, 100, '4/4').isHeard).toBe(false);
  });

  it('counts what was asked only', () => {
    const rows = [makeRow({ isTempo: true, keyWeight: 0.5 }), makeRow({ isTempo: false }), makeRow({ keyWeight: 1 })];
    expect(tempoScore(rows)).toBe(0.5);
    expect(keyScore(rows)).toBe(0.75);
  });
});
