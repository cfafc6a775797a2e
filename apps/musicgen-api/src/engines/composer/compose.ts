import type { Interpretation, RenderRequest } from '../engine';
import { foundationOf } from './foundation';
import type { Origin } from './foundation';
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
import { figured, isUnaccompanied } from './parts/unaccompanied';
import { DRUM_CHANNEL, channelsOf, perform } from './performance/perform';
import type { Part, Score } from './score';

/** A request becomes a score: the same one for the same request, seed and version. */
export function compose(
  request: RenderRequest,
  origin: Origin = request,
): { score: Score; interpretation: Interpretation } {
  const { streams, intent, interpretation, plan } = foundationOf(request, origin);
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

/** Two players of one channel keep off each other's keys: the kit goes before the hands, unless it would leave them nothing. */
function untangled(parts: Score['parts']): Score['parts'] {
  const kit = parts.find(({ channel, role }) => channel === DRUM_CHANNEL && role === 'drums');
  const hands = parts.find((part) => part.channel === DRUM_CHANNEL && part !== kit);
  if (!kit || !hands) return parts;
  const rest = without(hands, kit);
  const isLeftOut = rest.notes.length === 0;
  return parts.map((part) => {
    if (part === hands) return isLeftOut ? hands : rest;
    return part === kit && isLeftOut ? without(kit, hands) : part;
  });
}

function without(part: Part, other: Part): Part {
  const taken = new Set(other.notes.map(({ pitch }) => pitch));
  return { ...part, notes: part.notes.filter(({ pitch }) => !taken.has(pitch)) };
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
  const isAlone = isUnaccompanied(players);
  for (const player of new Set(turns.values())) {
    const line = writeMelody(player, turns, sheet);
    const notes = isAlone && player.slot.role === 'lead' ? figured(line, player, sheet) : line;
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
