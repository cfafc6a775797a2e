import type { Interpretation, RenderRequest } from '../engine';
import { planOf } from './form/plan';
import { harmonise } from './harmony/progression';
import { writeBass } from './parts/bass';
import { castOf } from './parts/cast';
import { writeComping } from './parts/comping';
import { writeCounter } from './parts/counter';
import { writeDrums } from './parts/drums';
import { writeEffects } from './parts/effects';
import { melodists, writeMelody } from './parts/melody';
import { writePad } from './parts/pad';
import { writePercussion } from './parts/percussion';
import type { Player, Sheet, SketchNote } from './parts/sketch';
import { channelsOf, perform } from './performance/perform';
import { interpret } from './prompt/interpret';
import { streamsOf } from './random';
import type { Streams } from './random';
import type { Score } from './score';
import { ENGINE_VERSION } from './version';

export interface ComposeOptions {
  /** The seed of a piece whose tempo, key, chords and form are kept; the request's own seed makes melody and performance new. */
  variationOf?: { seed: number };
}

/** What is heard anew in a variation: everything else follows the piece it varies. */
const FRESH = /^(melody|counter|performance|drums|bass (?!patterns))/;

/** The request as far as music depends on it: always the same text for the same wish. */
function canonical(request: RenderRequest): string {
  const { prompt, duration, tempo, key, timeSignature, genre, mood, instruments, exclude, structure, intensity, loop } =
    request;
  const wish = [
    prompt,
    duration,
    tempo,
    key,
    timeSignature,
    genre,
    mood,
    instruments,
    exclude,
    structure,
    intensity,
    loop === true,
  ];
  return JSON.stringify(wish.map((part) => part ?? null));
}

function streamsFor(request: RenderRequest, { variationOf }: ComposeOptions): Streams {
  const text = (seed: number) => `${ENGINE_VERSION}\n${canonical(request)}\n${seed}`;
  const own = streamsOf(text(request.seed));
  if (!variationOf) return own;
  const original = streamsOf(text(variationOf.seed));
  return (name) => (FRESH.test(name) ? own(name) : original(name));
}

/** A request becomes a score: the same one for the same request, seed and version. */
export function compose(
  request: RenderRequest,
  options: ComposeOptions = {},
): { score: Score; interpretation: Interpretation } {
  const streams = streamsFor(request, options);
  const { intent, interpretation } = interpret(request, streams);
  const plan = planOf(intent, streams);
  const sheet: Sheet = { intent, plan, harmony: harmonise(plan, intent, streams), streams };
  const players = castOf(intent, plan, streams('cast'));
  const written = writeParts(players, sheet);
  const channels = channelsOf(players);
  const performed = players.map((player, i) => perform(player, written.get(player) ?? [], channels[i]!, sheet));
  const parts = untangled(performed).filter((part) => part.notes.length > 0);
  const { tempo, instruments } = interpretation;
  const heard = {
    ...interpretation,
    tempo: { ...tempo, value: rounded(plan.bpm) },
    instruments: { ...instruments, value: namesOf(players, parts) },
  };
  return { score: scoreOf(sheet, request, parts), interpretation: heard };
}

function rounded(bpm: number): number {
  return Math.round(bpm * 100) / 100;
}

/** Two players of one channel keep off each other's keys: the kit goes before the hands. */
function untangled(parts: Score['parts']): Score['parts'] {
  const taken = new Map<number, Set<number>>();
  return parts.map((part) => {
    const others = taken.get(part.channel) ?? new Set<number>();
    const notes = part.notes.filter((note) => !others.has(note.pitch));
    taken.set(part.channel, new Set([...others, ...notes.map((note) => note.pitch)]));
    return { ...part, notes };
  });
}

function namesOf(players: readonly Player[], parts: Score['parts']): string[] {
  const heard = players.filter(
    (player) => parts.some((part) => part.name === player.name) && player.slot.role !== 'effects',
  );
  return [...new Set(heard.map((player) => player.instrument.id))];
}

function writeParts(players: readonly Player[], sheet: Sheet): Map<Player, SketchNote[]> {
  const turns = melodists(players, sheet);
  const written = new Map<Player, SketchNote[]>();
  const tune: SketchNote[] = [];
  for (const player of new Set(turns.values())) {
    const notes = writeMelody(player, turns, sheet);
    tune.push(...notes);
    written.set(player, notes);
  }
  for (const player of players) {
    const own = written.get(player) ?? [];
    if (player.slot.role === 'counter') own.push(...writeCounter(player, tune, turns, sheet));
    else if (player.slot.role !== 'lead') own.push(...accompany(player, sheet));
    written.set(player, own);
  }
  return written;
}

function accompany(player: Player, sheet: Sheet): SketchNote[] {
  switch (player.slot.role) {
    case 'drums':
      return writeDrums(player, sheet);
    case 'percussion':
      return writePercussion(player, sheet);
    case 'bass':
      return writeBass(player, sheet);
    case 'chords':
      return writeComping(player, sheet);
    case 'pad':
      return writePad(player, sheet);
    default:
      return writeEffects(player, sheet);
  }
}

function scoreOf({ intent, plan, harmony }: Sheet, request: RenderRequest, parts: Score['parts']): Score {
  return {
    title: intent.title,
    genre: intent.genre.id,
    seed: request.seed,
    durationSeconds: request.duration,
    loop: intent.loop,
    key: intent.key,
    timeSignature: { numerator: plan.metre.numerator, denominator: plan.metre.denominator },
    tempoMap: plan.tempoMap,
    sections: plan.sections.map(({ name, startBeat, bars, energy }) => ({ name, startBeat, bars, energy })),
    chords: harmony.spans.map(({ beat, beats, chord }) => ({ beat, beats, symbol: chord.symbol, tones: chord.tones })),
    parts,
    mix: intent.genre.bus,
  };
}
