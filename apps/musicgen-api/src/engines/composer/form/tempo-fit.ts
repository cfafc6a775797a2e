import type { Metre } from './metre';

/** How the time of a piece is divided: bars that are played, then a final chord that rings. */
export interface Fit {
  bpm: number;
  bars: number;
  /** Where the final chord falls; the whole length of a loop. */
  bodyBeats: number;
  totalBeats: number;
  tempoMap: { beat: number; bpm: number }[];
}

export interface FitRequest {
  duration: number;
  metre: Metre;
  /** Allowed tempos; both ends are the same when the request names one. */
  min: number;
  max: number;
  target: number;
  loop: boolean;
  /** Slows down in the last bar; only where the tempo is free. */
  slowsDown: boolean;
  /** A number of bars that the request fixes. */
  bars?: number;
}

/** Tempo of each beat of a slowing bar, relative to the piece's. */
const SLOWING = [0.97, 0.92, 0.85, 0.77];

const RING_SECONDS = 2.6;

/** Whole bars are what one hears as form: multiples of eight and four are worth some tempo. */
function roundness(bars: number): number {
  if (bars % 8 === 0) return 0;
  if (bars % 4 === 0) return 0.02;
  return bars % 2 === 0 ? 0.05 : 0.12;
}

function ringBeats(bpm: number, { duration, metre }: FitRequest): number {
  const seconds = Math.min(RING_SECONDS, duration * 0.3);
  const beats = Math.round((seconds * bpm) / 60);
  return Math.max(1, Math.min(beats, metre.barBeats * 2));
}

/** Beats that the slowing bar adds, counted at the piece's tempo. */
function slowingBeats(metre: Metre): number {
  return slowingTempos(metre).reduce((sum, factor) => sum + 1 / factor - 1, 0);
}

function slowingTempos(metre: Metre): number[] {
  return SLOWING.slice(SLOWING.length - Math.min(4, metre.barBeats));
}

/** Tempo and bars that fill the duration exactly. */
export function fitTempo(request: FitRequest): Fit {
  if (request.loop) return fitLoop(request);
  return request.min === request.max ? fitFixed(request) : fitFree(request);
}

/** Final chords worth trying: a beat or two more or less lets the tempo come nearer to what is wanted. */
const RING_CHANGES = [0, 1, -1, 2];
const RING_CHANGE_COST = 0.012;

function fitFree(request: FitRequest): Fit {
  const { duration, metre, min, max, target } = request;
  const usual = ringBeats(target, request);
  const extra = request.slowsDown ? slowingBeats(metre) : 0;
  const most = Math.ceil((duration * max) / 60 / metre.barBeats) + 1;
  const [from, to] = request.bars === undefined ? [1, most] : [request.bars, request.bars];
  let best: { bars: number; ring: number; bpm: number; cost: number } | undefined;
  for (let bars = from; bars <= to; bars++) {
    for (const change of RING_CHANGES) {
      const ring = Math.max(1, usual + change);
      const bpm = (60 * (bars * metre.barBeats + ring + extra)) / duration;
      if (request.bars === undefined && (bpm < min || bpm > max)) continue;
      const cost = Math.abs(Math.log(bpm / target)) + roundness(bars) + Math.abs(change) * RING_CHANGE_COST;
      if (!best || cost < best.cost) best = { bars, ring, bpm, cost };
    }
  }
  if (!best) return fitFixed({ ...request, min: target, max: target });
  const bodyBeats = best.bars * metre.barBeats;
  const tempoMap = [{ beat: 0, bpm: best.bpm }];
  if (request.slowsDown) tempoMap.push(...slowing(best.bpm, bodyBeats, metre));
  return { bpm: best.bpm, bars: best.bars, bodyBeats, totalBeats: bodyBeats + best.ring, tempoMap };
}

/** The last bar slows; the final chord then rings in the piece's own time. */
function slowing(bpm: number, bodyBeats: number, metre: Metre): { beat: number; bpm: number }[] {
  const factors = slowingTempos(metre);
  const start = bodyBeats - factors.length;
  return [...factors.map((factor, i) => ({ beat: start + i, bpm: bpm * factor })), { beat: bodyBeats, bpm }];
}

/** A tempo that is given holds; the final chord takes what the bars leave. */
function fitFixed(request: FitRequest): Fit {
  const { duration, metre, target: bpm } = request;
  const totalBeats = (duration * bpm) / 60;
  const least = Math.min(Math.max(1.5, bpm / 60), totalBeats * 0.4);
  const bars = Math.floor((totalBeats - least) / metre.barBeats + 1e-9);
  // Too short for a bar: some beats of one lead into the chord.
  const bodyBeats = bars > 0 ? bars * metre.barBeats : Math.max(0.25, Math.floor(totalBeats * 1.2) / 2);
  return { bpm, bars: Math.max(1, bars), bodyBeats, totalBeats, tempoMap: [{ beat: 0, bpm }] };
}

function fitLoop(request: FitRequest): Fit {
  const { duration, metre, min, max, target } = request;
  const bpmOf = (bars: number) => (60 * bars * metre.barBeats) / duration;
  const nearest = Math.max(1, Math.round((duration * target) / 60 / metre.barBeats));
  let best = { bars: request.bars ?? nearest, cost: Infinity };
  for (let bars = 1; bars <= nearest * 2 + 1 && request.bars === undefined; bars++) {
    const bpm = bpmOf(bars);
    const outside = bpm < min * 0.99 || bpm > max * 1.01 ? 2 : 0;
    const cost = Math.abs(Math.log(bpm / target)) + roundness(bars) * (min === max ? 0 : 1) + outside;
    if (cost < best.cost) best = { bars, cost };
  }
  const bpm = bpmOf(best.bars);
  const isFar = Math.abs(bpm / target - 1) > 0.03;
  if (min === max && isFar) return loopOfBeats(request);
  const beats = best.bars * metre.barBeats;
  return { bpm, bars: best.bars, bodyBeats: beats, totalBeats: beats, tempoMap: [{ beat: 0, bpm }] };
}

/** A given tempo that no whole bars fit: the last bar is a shorter one. */
function loopOfBeats({ duration, metre, target }: FitRequest): Fit {
  const beats = Math.max(1, Math.round((duration * target) / 60));
  const bpm = (60 * beats) / duration;
  return {
    bpm,
    bars: Math.ceil(beats / metre.barBeats),
    bodyBeats: beats,
    totalBeats: beats,
    tempoMap: [{ beat: 0, bpm }],
  };
}
