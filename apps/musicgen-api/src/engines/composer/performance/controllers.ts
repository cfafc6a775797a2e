import type { Plan } from '../form/plan';
import type { Harmony } from '../harmony/progression';
import type { Player, SketchNote } from '../parts/sketch';
import type { Control, Note } from '../score';

const MODULATION = 1;
const EXPRESSION = 11;
const SUSTAIN = 64;

/** Pitch bends reach two semitones either way, as General MIDI has it. */
const BEND_SEMITONES = 2;
const BEND_MAX = 8191;

/** Everything a player does besides striking notes. */
export function controlsOf(
  player: Player,
  notes: readonly Note[],
  { plan, harmony }: { plan: Plan; harmony: Harmony },
): Control[] {
  const { touch } = player.instrument;
  const controls: Control[] = [{ beat: 0, controller: EXPRESSION, value: 110 }];
  const isRinging = player.slot.role === 'chords' && touch === 'key' && !hasShortNotes(notes);
  if (isRinging) controls.push(...pedal(harmony, plan));
  if (player.slot.role === 'pad' && player.slot.pad.swell) controls.push(...swells(plan));
  const sings = touch === 'bow' || touch === 'blow' || touch === 'brass' || touch === 'voice';
  if (sings && (player.slot.role === 'lead' || player.slot.role === 'counter')) controls.push(...vibrato(notes));
  return controls.sort((a, b) => a.beat - b.beat);
}

function hasShortNotes(notes: readonly Note[]): boolean {
  return notes.filter((note) => note.beats < 0.3).length > notes.length * 0.25;
}

/** Down after each change of chord, up at the next: nothing blurs. */
function pedal({ spans }: Harmony, plan: Plan): Control[] {
  return spans.flatMap(({ beat, beats }) => [
    { beat: beat + 0.06, controller: SUSTAIN, value: 100 },
    { beat: Math.min(beat + beats - 0.04, plan.totalBeats), controller: SUSTAIN, value: 0 },
  ]);
}

/** Strings breathe in two bars: from soft to full and back. */
function swells({ sections, metre, totalBeats }: Plan): Control[] {
  const controls: Control[] = [];
  const period = metre.barBeats * 2;
  for (const section of sections) {
    const from = 78 + section.energy * 20;
    const depth = 12 + section.energy * 14;
    for (let beat = section.startBeat; beat < section.startBeat + section.beats && beat < totalBeats; beat += 0.5) {
      const phase = ((beat - section.startBeat) % period) / period;
      controls.push({
        beat,
        controller: EXPRESSION,
        value: Math.round(Math.min(127, from + depth * Math.sin(Math.PI * phase))),
      });
    }
  }
  return controls;
}

/** Long tones begin plain and warm up. */
function vibrato(notes: readonly Note[]): Control[] {
  return notes
    .filter((note) => note.beats >= 1)
    .flatMap(({ beat, beats }) => [
      { beat, controller: MODULATION, value: 0 },
      { beat: beat + beats * 0.4, controller: MODULATION, value: 18 },
      { beat: beat + beats * 0.7, controller: MODULATION, value: 34 },
    ]);
}

/** Slides into notes as pitch bends: from where the hand was, up or down to the note, in a tenth of a second. */
export function slidesOf(sketches: readonly (SketchNote & { played: number })[], bpm: number): Control[] {
  return sketches.flatMap(({ slide, played }) => {
    if (!slide) return [];
    const from = Math.round((Math.max(-BEND_SEMITONES, Math.min(BEND_SEMITONES, slide)) / BEND_SEMITONES) * BEND_MAX);
    const length = (0.1 * bpm) / 60;
    return Array.from({ length: 6 }, (_, i) => ({
      beat: played + (length * i) / 5,
      controller: 'bend' as const,
      value: Math.round(from * (1 - i / 5)),
    }));
  });
}
