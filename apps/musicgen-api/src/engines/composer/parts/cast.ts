import type { Bar, Plan } from '../form/plan';
import type { Slot } from '../genres/genre';
import { INSTRUMENTS, getInstrument } from '../instruments';
import type { Duty, Instrument } from '../instruments';
import type { Intent } from '../prompt/intent';
import type { Random } from '../random';
import type { Player } from './sketch';
import { slotFor } from './guest';

interface Seat {
  slot: Slot;
  instrument: Instrument;
  isWanted: boolean;
}

const DUTY_OF: Record<Slot['role'], Duty> = {
  drums: 'drums',
  percussion: 'percussion',
  bass: 'bass',
  chords: 'chords',
  pad: 'pad',
  lead: 'lead',
  counter: 'counter',
  effects: 'percussion',
};

/** Seats the wanted instruments: each in the best chair that is free, or in one of its own. */
function seatWanted(intent: Intent): Seat[] {
  const seats: Seat[] = [];
  for (const id of intent.wanted) {
    const instrument = getInstrument(id);
    const slot = chairFor(instrument, intent, seats);
    seats.push({ slot, instrument, isWanted: true });
  }
  return seats;
}

function chairFor(instrument: Instrument, { genre }: Intent, seats: readonly Seat[]): Slot {
  const free = genre.band.filter((slot) => !seats.some((seat) => seat.slot === slot));
  const typical = free.find((slot) => slot.players.includes(instrument.id) && slot.role !== 'lead');
  const hasLead = seats.some((seat) => seat.slot.role === 'lead');
  for (const duty of instrument.duties) {
    // One melody is enough: the next melodic instrument answers it.
    if (duty === 'lead' && hasLead) continue;
    if (typical && DUTY_OF[typical.role] === duty) return typical;
    const chair = free.find((slot) => DUTY_OF[slot.role] === duty && slot.role !== 'effects');
    if (chair && canPlay(instrument, chair)) return chair;
    if (duty === 'bass' && seats.some((seat) => seat.slot.role === 'bass')) continue;
    return slotFor(duty, instrument, genre);
  }
  return slotFor(instrument.duties.includes('lead') ? 'counter' : instrument.duties[0]!, instrument, genre);
}

/** A part for two hands or six strings is no part for a flute. */
function canPlay(instrument: Instrument, slot: Slot): boolean {
  if (slot.role === 'chords') return instrument.duties.includes('chords');
  if (slot.role === 'percussion') return instrument.touch === 'skin';
  return true;
}

function isAllowed(id: string, intent: Intent): boolean {
  return !intent.excluded.has(id);
}

/** "No bass" means nobody down there, not a cello instead. */
function allowsBass({ excluded }: Intent): boolean {
  return [...INSTRUMENTS.values()].some(({ id, family }) => family === 'bass' && !excluded.has(id));
}

function isMelodic(role: Slot['role']): boolean {
  return role === 'lead' || role === 'counter';
}

/** More are there the livelier it is; who may beat something and need not is the first to leave a quiet piece. */
function likelihoodOf({ role, chance }: Slot, { energy }: Intent): number {
  const isOptionalBeat = chance !== undefined && (role === 'drums' || role === 'percussion');
  return (chance ?? 1) + (energy - 0.5) * (isOptionalBeat && energy < 0.5 ? 2 : 0.3);
}

/** The genre's own players on the chairs that are left. */
function seatBand(intent: Intent, taken: readonly Seat[], random: Random): Seat[] {
  const seats: Seat[] = [];
  for (const slot of intent.genre.band) {
    const isThere = random.next() < likelihoodOf(slot, intent);
    const able = slot.players.filter((id) => isAllowed(id, intent)).concat(substitute(slot, intent));
    // The cello that has the bass does not have the tune as well, if somebody else can.
    const seated = [...taken, ...seats].filter(({ slot: { role } }) => role === 'bass' || isMelodic(role));
    const fresh = able.filter((id) => !seated.some((seat) => seat.instrument.id === id));
    const pick = random.pickEarly(isMelodic(slot.role) && fresh.length > 0 ? fresh : able);
    if (taken.some((seat) => seat.slot === slot) || !pick || (slot.role === 'bass' && !allowsBass(intent))) continue;
    const isDoubled = slot.role === 'lead' && taken.some((seat) => seat.slot.role === 'lead');
    if (!isThere || isDoubled) continue;
    if ([...taken, ...seats].some((seat) => seat.instrument.id === pick && seat.slot.role === slot.role)) continue;
    seats.push({ slot, instrument: getInstrument(pick), isWanted: false });
  }
  return seats;
}

/** Somebody else for a chair whose players were all excluded; drums have no substitute. */
function substitute(slot: Slot, intent: Intent): string[] {
  if (slot.players.some((id) => isAllowed(id, intent))) return [];
  if (slot.role === 'drums' || slot.role === 'percussion' || slot.role === 'effects' || slot.chance !== undefined)
    return [];
  const duty = DUTY_OF[slot.role];
  if (duty === 'bass') return [];
  const usual = [
    'piano',
    'electric_piano',
    'nylon_guitar',
    'strings',
    'vibraphone',
    'flute',
    'clarinet',
    'warm_pad',
    'harp',
    'organ',
  ];
  return usual.filter((id) => isAllowed(id, intent) && getInstrument(id).duties.includes(duty)).slice(0, 2);
}

/** In a line-up of its own nobody may be missing who carries the harmony, as far as the instruments can. */
function completeLineUp(seats: Seat[], intent: Intent): Seat[] {
  const roles = new Set(seats.map((seat) => seat.slot.role));
  const extra: Seat[] = [];
  const harmonic = seats.find((seat) => seat.instrument.duties.includes('chords'));
  if (!roles.has('lead')) {
    const melodic = seats.find((seat) => seat.instrument.duties.includes('lead'));
    if (melodic) extra.push({ ...melodic, slot: slotFor('lead', melodic.instrument, intent.genre) });
  }
  if (!roles.has('chords') && !roles.has('pad') && harmonic) {
    extra.push({ ...harmonic, slot: slotFor('chords', harmonic.instrument, intent.genre) });
  }
  return [...seats, ...extra];
}

/** Who plays. */
export function castOf(intent: Intent, plan: Plan, random: Random): Player[] {
  const wanted = seatWanted(intent);
  const seats =
    intent.isLineUp && wanted.length > 0
      ? completeLineUp(wanted, intent)
      : [...wanted, ...seatBand(intent, wanted, random)];
  if (!seats.some((seat) => carriesHarmony(seat))) seats.push(...lastResort(intent, seats));
  const limited = withinChannels(seats);
  const order: Slot['role'][] = ['drums', 'percussion', 'bass', 'chords', 'pad', 'lead', 'counter', 'effects'];
  limited.sort((a, b) => order.indexOf(a.slot.role) - order.indexOf(b.slot.role));
  const hasBass = limited.some((seat) => seat.slot.role === 'bass');
  const names = new Set<string>();
  const players = limited.map((seat): Player => {
    const isSupport = seat.slot.role === 'chords' && !hasBass;
    const player = {
      name: nameOf(seat, names),
      slot: seat.slot,
      instrument: seat.instrument,
      plays: [],
      coversBass: isSupport,
    };
    return { ...player, plays: plan.barList.map((bar) => playsIn(bar, seat, plan)) };
  });
  if (plan.sections[0]?.kind === 'intro') thinIntro(players, plan, random);
  fillSilence(players, plan);
  return players;
}

function carriesHarmony({ slot: { role } }: Seat): boolean {
  return role === 'chords' || role === 'pad' || role === 'bass' || role === 'lead';
}

/** Everything was excluded or only drums were wanted: something must still say what key it is in. */
function lastResort(intent: Intent, seats: readonly Seat[]): Seat[] {
  if (intent.isLineUp && seats.length > 0) return [];
  const id =
    [...INSTRUMENTS.keys()].find((each) => isAllowed(each, intent) && getInstrument(each).duties.includes('chords')) ??
    'piano';
  return [{ slot: slotFor('chords', getInstrument(id), intent.genre), instrument: getInstrument(id), isWanted: false }];
}

/** Fifteen melodic channels are all there are. */
function withinChannels(seats: Seat[]): Seat[] {
  const isKit = ({ instrument }: Seat) => instrument.id === 'drums' || instrument.id === 'percussion';
  return [...seats.filter(isKit), ...seats.filter((seat) => !isKit(seat)).slice(0, 15)];
}

function nameOf({ slot, instrument }: Seat, names: Set<string>): string {
  const options = [instrument.id, `${instrument.id}_${slot.role}`];
  let name = options.find((option) => !names.has(option));
  for (let i = 2; !name || names.has(name); i++) name = `${instrument.id}_${slot.role}_${i}`;
  names.add(name);
  return name;
}

const ALWAYS: ReadonlySet<Slot['role']> = new Set(['chords', 'bass']);

function playsIn({ section, index }: Bar, { slot, isWanted }: Seat, plan: Plan): boolean {
  if (slot.not?.includes(section.kind)) return false;
  const from = (slot.from ?? 0) - (isWanted ? 0.25 : 0);
  switch (slot.role) {
    case 'drums':
      return section.kind === 'breakdown' ? section.energy > 0.55 : section.energy >= from;
    case 'lead':
      return section.kind === 'intro'
        ? plan.sections.length === 1
        : section.kind !== 'breakdown' && section.kind !== 'build';
    case 'counter':
      return (
        section.kind !== 'intro' &&
        section.energy >= from &&
        (section.kind !== 'verse' || section.occurrence > 0 || from <= 0.4)
      );
    case 'effects':
      return true;
    case 'bass':
      return section.kind === 'breakdown' ? index >= section.bars / 2 : section.energy >= from;
    default:
      return section.energy >= from;
  }
}

/** An introduction assembles the band: some wait for its second half, or for the verse. */
function thinIntro(players: Player[], plan: Plan, random: Random): void {
  const intro = plan.sections[0]!;
  const style = random.pick(['rhythm', 'harmony', 'all'] as const);
  const half = Math.floor(intro.bars / 2);
  for (const player of players) {
    const { role } = player.slot;
    const isRhythm = role === 'drums' || role === 'percussion' || role === 'bass';
    const waits = style === 'all' ? role === 'counter' : style === 'harmony' ? isRhythm : role === 'pad';
    const from = style === 'harmony' && role === 'drums' && intro.bars < 4 ? intro.bars : half;
    if (waits) for (let bar = 0; bar < from; bar++) player.plays[bar] = false;
  }
}

/** No bar of the form is empty, and the harmony is always there. */
function fillSilence(players: Player[], plan: Plan): void {
  const harmonic = players.filter(({ slot: { role } }) => ALWAYS.has(role) || role === 'pad');
  const keeper =
    harmonic.find(({ slot }) => slot.role === 'chords') ??
    harmonic.find(({ slot }) => slot.role === 'pad') ??
    harmonic[0] ??
    players[0];
  plan.barList.forEach((_, bar) => {
    if (keeper && !harmonic.some((player) => player.plays[bar])) keeper.plays[bar] = true;
  });
  // Who was asked for is heard, in whatever little form there is.
  for (const player of players)
    if (player.slot.role !== 'effects' && !player.plays.some(Boolean)) player.plays.fill(true);
  // A melody instrument alone has no one to hand over to.
  if (harmonic.length === 0) for (const player of players) if (player.slot.role === 'lead') player.plays.fill(true);
}
