import * as fc from 'fast-check';
import { METRES } from './metre';
import { layOut } from './sections';
import { fitTempo } from './tempo-fit';
import { GENRES, GENRE_IDS } from '../genres/registry';
import { streamsOf } from '../random';

function secondsOf(tempoMap: { beat: number; bpm: number }[], totalBeats: number): number {
  return tempoMap.reduce(
    (sum, { beat, bpm }, i) => sum + (((tempoMap[i + 1]?.beat ?? totalBeats) - beat) * 60) / bpm,
    0,
  );
}

const requests = fc.record({
  duration: fc.double({ min: 1, max: 600, noNaN: true }),
  metre: fc.constantFrom(...Object.values(METRES)),
  target: fc.integer({ min: 40, max: 240 }),
  loop: fc.boolean(),
  slowsDown: fc.boolean(),
  isFixed: fc.boolean(),
});

describe('fitTempo', () => {
  it('fills every duration exactly, slowing down or not', () => {
    fc.assert(
      fc.property(requests, ({ isFixed, ...request }) => {
        const [min, max] = isFixed ? [request.target, request.target] : [request.target * 0.85, request.target * 1.15];
        const slowsDown = request.slowsDown && !isFixed && !request.loop && request.duration > 12;
        const fit = fitTempo({ ...request, slowsDown, min, max });
        expect(secondsOf(fit.tempoMap, fit.totalBeats)).toBeCloseTo(request.duration, 6);
        expect(fit.bodyBeats).toBeGreaterThan(0);
        expect(fit.bars).toBeGreaterThan(0);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('holds a tempo that is given', () => {
    fc.assert(
      fc.property(requests, ({ isFixed: _, ...request }) => {
        const { target } = request;
        const fit = fitTempo({ ...request, slowsDown: false, loop: false, min: target, max: target });
        expect(fit.tempoMap).toEqual([{ beat: 0, bpm: target }]);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});

describe('a form', () => {
  it('has as many bars as there are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GENRE_IDS), fc.integer({ min: 1, max: 450 }), fc.nat(), (genre, bars, seed) => {
        const sections = layOut(bars, 2, GENRES[genre]!.forms, streamsOf(String(seed))('form'));
        expect(sections.reduce((sum, section) => sum + section.bars, 0)).toBe(bars);
        expect(sections.every((section) => section.bars > 0)).toBe(true);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});
