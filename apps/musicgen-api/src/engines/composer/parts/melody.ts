import type { Bar, PlannedSection } from '../form/plan';
import { chroma, nearestPitch } from '../harmony/pitch';
import type { Random } from '../random';
import { cadenceBar, delayed, head, inventMotif, inverted, ornamented, sequenced } from './motif';
import type { Motif } from './motif';
import { realise, smoothed } from './realise';
import type { Ground } from './realise';
import type { Player, Sheet, SketchNote } from './sketch';

const PHRASE_BARS = 4;

/** Whose turn it is to carry the tune, section by section. */
export function melodists(players: readonly Player[], { plan, intent }: Sheet): Map<PlannedSection, Player> {
  const lead = players.find((player) => player.slot.role === 'lead');
  const result = new Map<PlannedSection, Player>();
  if (!lead) return result;
  const others = players.filter(
    (player) => player.slot.role === 'counter' && player.instrument.duties.includes('lead'),
  );
  const soloists = intent.wantsSolo ? [lead] : [lead, ...others];
  for (const section of plan.sections) {
    const isSolo = section.kind === 'solo';
    const isRelieved = section.kind === 'verse' && section.occurrence % 3 === 2;
    const turn = isSolo ? section.occurrence % soloists.length : isRelieved && others.length > 0 ? 1 : 0;
    result.set(section, soloists[turn] ?? lead);
  }
  return result;
}

/** The tunes of a piece: one idea for each kind of section, which comes back changed but known. */
class Tunes {
  private readonly ideas = new Map<string, Motif>();

  constructor(private readonly sheet: Sheet) {}

  /** The idea of a kind of section; `name` tells several of one kind apart. */
  idea(kind: string, name: string): Motif {
    const key = `${kind} ${name}`;
    let motif = this.ideas.get(key);
    if (!motif) {
      const { intent, plan, streams } = this.sheet;
      motif = inventMotif(intent.genre.melody, plan.metre, streams(`melody ${key}`), kind === 'solo');
      this.ideas.set(key, motif);
    }
    return motif;
  }
}

/** What a section's tune is called: verses share theirs, an interlude recalls the chorus. */
function themeOf({ kind }: PlannedSection): string {
  if (kind === 'outro' || kind === 'interlude' || kind === 'drop') return 'chorus';
  return kind === 'intro' || kind === 'prechorus' || kind === 'breakdown' ? 'verse' : kind;
}

interface Phrase {
  section: PlannedSection;
  bars: Bar[];
  /** Number of the phrase in its section. */
  index: number;
  isLast: boolean;
}

function phrasesOf(section: PlannedSection, bars: readonly Bar[]): Phrase[] {
  const phrases: Phrase[] = [];
  for (let from = 0; from < bars.length; from += PHRASE_BARS) {
    // A single bar that would be left over belongs to the phrase before.
    const rest = bars.length - from;
    const size = rest === PHRASE_BARS + 1 ? rest : Math.min(PHRASE_BARS, rest);
    phrases.push({
      section,
      bars: bars.slice(from, from + size),
      index: phrases.length,
      isLast: from + size >= bars.length,
    });
    if (size > PHRASE_BARS) break;
  }
  return phrases;
}

/** A phrase as question or answer: idea, idea on another step or upside down, and a bar that comes to rest. */
function motifOf(phrase: Phrase, tunes: Tunes, { plan, intent }: Sheet, random: Random): Motif {
  const { section, bars, index } = phrase;
  const { barBeats } = plan.metre;
  const theme = themeOf(section);
  const isSolo = section.kind === 'solo';
  const isContrast = index % 4 === 2;
  const name = isSolo ? `${section.occurrence} ${Math.floor(index / 2)}` : isContrast ? 'b' : 'a';
  const idea = tunes.idea(theme, name);
  const length = bars.reduce((sum, bar) => sum + bar.beats, 0);
  const closes = index % 2 === 1 || phrase.isLast;
  if (length <= barBeats) return shortPhrase(idea, length, closes);
  const development = section.occurrence + (isSolo ? 2 : 0);
  const opening = development > 0 ? ornamented(idea, Math.min(0.6, 0.2 * development), random) : idea;
  const cadence = cadenceBar(closes ? 'home' : 'open', plan.metre, idea.at(-1)?.degree ?? 2, random);
  const body: Motif = head(opening, Math.min(2 * barBeats, length - barBeats));
  if (length > 3 * barBeats) {
    const answer = answerTo(idea, intent.genre.melody.leaps, random);
    body.push(...delayed(head(answer, length - 3 * barBeats), 2 * barBeats));
  }
  return [...body, ...delayed(cadence, length - barBeats)];
}

function shortPhrase(idea: Motif, length: number, closes: boolean): Motif {
  const notes = head(idea, length);
  return notes.map((note, i) => (i === notes.length - 1 && closes ? { ...note, goal: 'home' as const } : note));
}

function answerTo(idea: Motif, leaps: number, random: Random): Motif {
  const draw = random.next();
  if (draw < 0.35) return sequenced(idea, random.pick([1, -1, 2, -2]));
  if (draw < 0.55 + leaps) return inverted(idea);
  return idea;
}

/** Drops some half bars, never the first of a phrase nor its end. */
function breathing(motif: Motif, rest: number, barBeats: number, random: Random): Motif {
  const halves = new Map<number, boolean>();
  return motif.filter((note) => {
    const half = Math.floor((note.at / barBeats) * 2);
    if (half === 0 || note.goal) return true;
    if (!halves.has(half)) halves.set(half, random.chance(rest));
    return !halves.get(half);
  });
}

function groundOf(player: Player, section: PlannedSection, sheet: Sheet): Ground {
  const { intent, plan, harmony } = sheet;
  const [low, high] = player.instrument.melody;
  const lifts = { chorus: 2, drop: 2, solo: 2, bridge: 1 } as Partial<Record<string, number>>;
  const centre =
    (low + high) / 2 - 3 + (intent.genre.melody.lift ?? 0) + (lifts[section.kind] ?? 0) + intent.brightness;
  return {
    harmony,
    metre: plan.metre,
    book: intent.genre.melody,
    range: [low, high],
    anchor: nearestPitch(chroma(intent.key.tonic), Math.round(centre)),
  };
}

/** The tune, by whoever has it in each section, and the last note. */
export function writeMelody(player: Player, turns: ReadonlyMap<PlannedSection, Player>, sheet: Sheet): SketchNote[] {
  const { plan, intent, streams, harmony } = sheet;
  const tunes = new Tunes(sheet);
  const notes: SketchNote[] = [];
  const leader = [...turns.values()][0];
  for (const section of plan.sections) {
    if (turns.get(section) !== player) continue;
    const random = streams(`melody of ${section.startBeat}`);
    const bars = plan.barList.filter((bar, i) => bar.section === section && (leader ?? player).plays[i]);
    const ground = groundOf(player, section, sheet);
    for (const phrase of phrasesOf(section, bars)) {
      const motif = motifOf(phrase, tunes, sheet, random);
      const rest = section.kind === 'solo' ? 0.08 : intent.genre.melody.rest;
      const start = phrase.bars[0]!.start;
      notes.push(...realise(breathing(motif, rest, plan.metre.barBeats, random), start, phrase.bars[0]!, ground));
    }
  }
  const last = plan.sections.at(-1);
  if (!plan.loop && last && turns.get(last) === player) notes.push(lastNote(player, notes, sheet));
  return smoothed(scooped(notes, player, streams(`melody scoops ${player.name}`)), harmony);
}

/** Horns, fiddles and guitars come into some of their long notes from below. */
function scooped(notes: readonly SketchNote[], { instrument: { touch } }: Player, random: Random): SketchNote[] {
  if (!['blow', 'brass', 'bow', 'strum'].includes(touch)) return [...notes];
  return notes.map((note) => (random.chance(0.14) && note.beats >= 0.9 ? { ...note, slide: -1 } : note));
}

/** Home, as near as may be to where the tune has got to. */
function lastNote(player: Player, notes: readonly SketchNote[], { plan, harmony, intent }: Sheet): SketchNote {
  const [low, high] = player.instrument.melody;
  const tonic = chroma(intent.key.tonic);
  let pitch = nearestPitch(tonic, notes.at(-1)?.pitch ?? Math.round((low + high) / 2));
  if (pitch > high) pitch -= 12;
  if (pitch < low) pitch += 12;
  const { chord } = harmony.at(plan.bodyBeats);
  const beats = plan.totalBeats - plan.bodyBeats;
  return {
    beat: plan.bodyBeats,
    beats: beats * 0.9,
    pitch: chord.tones.includes(tonic) ? pitch : nearestPitch(chord.root, pitch),
    velocity: 90,
  };
}
