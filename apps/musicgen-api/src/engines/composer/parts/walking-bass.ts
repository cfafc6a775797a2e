import type { Bar } from '../form/plan';
import type { BassBook } from '../genres/genre';
import { chroma, nearestPitch, pitchClass, scaleSteps } from '../harmony/pitch';
import type { Span } from '../harmony/progression';
import type { Random } from '../random';
import { bassRoot } from './bass';
import type { Sheet, SketchNote } from './sketch';

interface Walk {
  before: number | undefined;
  random: Random;
}

function within(pitch: number, [low, high]: readonly [number, number]): number {
  return pitch < low ? pitch + 12 : pitch > high ? pitch - 12 : pitch;
}

/** The chord's own tones and the key's between them: what one may walk on. */
function walkingTones({ chord, key }: Span): number[] {
  const scale = scaleSteps(key.mode === 'major' ? 'major' : 'aeolian').map((step) =>
    pitchClass(step + chroma(key.tonic)),
  );
  // Where the chord leaves the key, the key's neighbour gives way.
  const kept = scale.filter(
    (tone) => chord.tones.includes(tone) || !chord.tones.some((own) => [1, 11].includes(pitchClass(own - tone))),
  );
  return [...new Set([...chord.tones, ...kept])];
}

/** Pulses of one chord: root first, the last one leans into the next root, steps and chord tones between. */
function pathOf(count: number, span: Span, next: Span, book: BassBook, { before, random }: Walk): number[] {
  const [low, high] = book.register;
  const root = within(
    before === undefined ? bassRoot(span.chord, book.register) : nearestPitch(span.chord.bass, before),
    book.register,
  );
  if (count === 1) return [root];
  const target = within(nearestPitch(next.chord.bass, root), book.register);
  const tones = walkingTones(span);
  const path = [root];
  const direction = target > root ? 1 : target < root ? -1 : random.chance(0.5) ? 1 : -1;
  while (path.length < count - 1) {
    const from = path.at(-1)!;
    const isChordal = path.length % 2 === 0;
    const reach = [1, 2, 3, 4, 5].map((step) => from + step * (random.chance(0.8) ? direction : -direction));
    const usable = reach.filter((pitch) => {
      const tone = pitchClass(pitch);
      return pitch >= low && pitch <= high && (isChordal ? span.chord.tones.includes(tone) : tones.includes(tone));
    });
    path.push(usable[random.int(Math.min(2, usable.length))] ?? root + (root + 7 <= high ? 7 : -5));
  }
  const last = path.at(-1)!;
  const side = last < target ? -1 : last > target ? 1 : random.chance(0.5) ? 1 : -1;
  const lean = random.chance(0.55)
    ? target + side
    : within(nearestPitch(pitchClass(next.chord.bass + 7), target), book.register);
  path.push(lean === last ? target - side : lean);
  return path;
}

/** A bar of quarter notes through the chords, with a skipped eighth here and there. */
export function walkBar(bar: Bar, { plan, harmony }: Sheet, book: BassBook, walk: Walk): SketchNote[] {
  const notes: SketchNote[] = [];
  const pulse = plan.metre.name === '6/8' ? 0.5 : 1;
  let before = walk.before;
  for (const span of harmony.between(bar.start, bar.start + bar.beats)) {
    const from = Math.max(span.beat, bar.start);
    const until = Math.min(span.beat + span.beats, bar.start + bar.beats);
    const count = Math.max(1, Math.round((until - from) / pulse));
    const path = pathOf(count, span, harmony.after(from), book, { before, random: walk.random });
    path.forEach((pitch, i) => {
      const beat = from + i * pulse;
      const velocity = i === 0 ? 98 : 88 + walk.random.int(8);
      notes.push({ beat, beats: pulse * book.gate, pitch, velocity });
      if (pulse === 1 && walk.random.chance(0.1) && i < count - 1) {
        notes.at(-1)!.beats = 0.45;
        notes.push({ beat: beat + 0.5, beats: 0.3, pitch, velocity: 62 });
      }
    });
    before = path.at(-1);
  }
  return notes;
}
