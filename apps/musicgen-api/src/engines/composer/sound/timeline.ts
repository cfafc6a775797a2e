import type { Part, Score } from '../score';
import { SAMPLE_RATE } from '../../../audio/stereo';

/** Events fall on this grid of frames, 1.45 ms: finer than any performer, and every block of the synthesiser ends on it. */
export const GRID = 64;

/** What a synthesiser can be told. */
export type SynthAction = 'off' | 'control' | 'bend' | 'on';

/** Something a part does. `first` and `second` are key and velocity, or controller and value. */
export interface SynthEvent {
  frame: number;
  part: number;
  action: SynthAction;
  first: number;
  second: number;
}

/** A piece as the synthesiser sees it. */
export interface Timeline {
  frames: number;
  loop: boolean;
  /** Sorted by frame; at one frame keys are released first and struck last. */
  events: SynthEvent[];
}

const ORDER: Record<SynthAction, number> = { off: 0, control: 1, bend: 2, on: 3 };

/** Controllers that the mixer answers for, by decibels and filters rather than by General MIDI's coarse steps. */
const MIXER_CONTROLLERS = new Set([0, 7, 10, 32, 91, 93]);

/** Seconds at a beat: each tempo holds until the next. */
export function secondsAt(tempoMap: Score['tempoMap'], beat: number): number {
  let seconds = 0;
  for (let i = 0; i < tempoMap.length; i++) {
    const { beat: from, bpm } = tempoMap[i]!;
    const until = i + 1 < tempoMap.length ? Math.min(beat, tempoMap[i + 1]!.beat) : beat;
    if (until <= from && i > 0) break;
    seconds += ((until - from) * 60) / bpm;
  }
  return seconds;
}

function onGrid(seconds: number): number {
  return Math.max(0, Math.round((seconds * SAMPLE_RATE) / GRID) * GRID);
}

/** Keys struck and released. A key that is struck again while it sounds is released first: a synthesiser cannot tell the two apart. */
function noteEvents(part: Part, index: number, at: (beat: number) => number): SynthEvent[] {
  const struck = part.notes.map(({ beat, beats, pitch, velocity }) => ({
    pitch,
    velocity,
    on: at(beat),
    off: at(beat + beats),
  }));
  struck.sort((a, b) => a.pitch - b.pitch || a.on - b.on);
  return struck.flatMap(({ pitch, velocity, on, off }, i) => {
    const next = struck[i + 1];
    const end = next && next.pitch === pitch ? Math.min(off, next.on) : off;
    if (end < on || (next?.pitch === pitch && next.on === on)) return [];
    return [
      { frame: on, part: index, action: 'on' as const, first: pitch, second: velocity },
      { frame: Math.max(end, on + GRID), part: index, action: 'off' as const, first: pitch, second: 0 },
    ];
  });
}

function controlEvents(part: Part, index: number, at: (beat: number) => number): SynthEvent[] {
  return part.controls
    .filter(({ controller }) => controller === 'bend' || !MIXER_CONTROLLERS.has(controller))
    .map(({ beat, controller, value }) => ({
      frame: at(beat),
      part: index,
      action: controller === 'bend' ? 'bend' : 'control',
      first: controller === 'bend' ? 0 : controller,
      second: value,
    }));
}

/** A score as events on frames. */
export function timelineOf(score: Score): Timeline {
  const at = (beat: number) => onGrid(secondsAt(score.tempoMap, beat));
  const events = score.parts.flatMap((part, i) => [...controlEvents(part, i, at), ...noteEvents(part, i, at)]);
  events.sort((a, b) => a.frame - b.frame || ORDER[a.action] - ORDER[b.action] || a.part - b.part);
  return { frames: Math.round(score.durationSeconds * SAMPLE_RATE), loop: score.loop, events };
}

/** Where a moment lies in the form, for whoever watches the progress. */
export function placeAt(score: Score, seconds: number): { section?: string; bar: number; bars: number } {
  const { numerator, denominator } = score.timeSignature;
  const barBeats = (4 * numerator) / denominator;
  const bars = score.sections.reduce((sum, section) => sum + section.bars, 0);
  const current = score.sections.findLast(({ startBeat }) => secondsAt(score.tempoMap, startBeat) <= seconds + 1e-6);
  if (!current) return { bar: 1, bars };
  const before = score.sections.slice(0, score.sections.indexOf(current)).reduce((sum, s) => sum + s.bars, 0);
  let bar = 1;
  while (bar < current.bars && secondsAt(score.tempoMap, current.startBeat + bar * barBeats) <= seconds + 1e-6) bar++;
  return { section: current.name, bar: before + bar, bars };
}
