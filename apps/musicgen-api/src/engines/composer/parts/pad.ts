import { pitchClass } from '../harmony/pitch';
import { voiced } from '../harmony/voicing';
import type { Player, Sheet, SketchNote } from './sketch';

/** Held chords behind the others: tones that stay are not struck again. */
export function writePad(player: Player, { plan, harmony, intent }: Sheet): SketchNote[] {
  if (player.slot.role !== 'pad') return [];
  const { voices, register, pulse } = player.slot.pad;
  const range = player.instrument.range;
  const fitting = [Math.max(register[0], range[0]), Math.min(register[1], range[1])] as const;
  const isStrict = intent.genre.id === 'classical' || intent.genre.id === 'orchestral';
  const notes: SketchNote[] = [];
  let before: number[] | undefined;
  let held = new Map<number, SketchNote>();
  for (const span of harmony.spans) {
    // A pad that comes in late under a long chord starts with its bar.
    const bars = plan.barList
      .map((bar, i) => ({ bar, i }))
      .filter(({ bar }) => bar.start < span.beat + span.beats - 1e-6 && bar.start + bar.beats > span.beat + 1e-6);
    const isEnd = !plan.loop && span.beat + span.beats > plan.bodyBeats + 1e-6;
    const playing = bars.filter(({ i }) => player.plays[i]);
    if (playing.length === 0 && !(isEnd && player.plays.at(-1))) {
      held = new Map();
      continue;
    }
    const from = playing.length > 0 ? Math.max(span.beat, playing[0]!.bar.start) : span.beat;
    const last = playing.at(-1)?.bar;
    const until = isEnd ? plan.totalBeats : Math.min(span.beat + span.beats, last!.start + last!.beats);
    const pitches = voiced(
      span.chord,
      { style: 'open', voices: Math.min(voices, span.chord.tones.length), register: fitting, isStrict },
      before,
    );
    before = pitches;
    const next = new Map<number, SketchNote>();
    for (const pitch of pitches) {
      const tied = held.get(pitch);
      const canTie = tied && !pulse && tied.beat + tied.beats > from - 0.1 && from + (until - from) - tied.beat <= 16;
      if (canTie) tied.beats = until - tied.beat;
      const note = canTie
        ? tied
        : { beat: from, beats: until - from, pitch, velocity: pitchClass(pitch) === span.chord.root ? 78 : 72 };
      if (!canTie) notes.push(note);
      next.set(pitch, note);
    }
    held = next;
  }
  return pulse ? notes.flatMap((note) => pulsed(note)) : notes;
}

/** The same as repeated eighths: tremolo strings and pumping synthesisers. */
function pulsed(note: SketchNote): SketchNote[] {
  const count = Math.max(1, Math.floor(note.beats / 0.5));
  return Array.from({ length: count }, (_, i) => ({
    ...note,
    beat: note.beat + i * 0.5,
    beats: 0.46,
    velocity: note.velocity + (i % 2 === 0 ? 4 : -8),
  }));
}
