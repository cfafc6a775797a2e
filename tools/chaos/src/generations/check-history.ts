import { generationStatuses, type GenerationEvent } from '@musicgen/platform-contracts';
import { isDeepStrictEqual } from 'node:util';
import { checkEach, type Check } from '../check';
import type { Asked, History, StoredArtefact, StoredGeneration } from './history';

/** What must hold at the end, whatever was killed on the way. */
export const checkHistory = (history: History): Check[] => [
  allThere(history),
  ...succeededOnce(history),
  ...eventsInOrder(history),
  ...oneUnitEach(history),
  ...filesFit(history),
];

const grouped = <T>(things: readonly T[], key: (thing: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(key(thing), [...(groups.get(key(thing)) ?? []), thing]);
  return groups;
};
const ownerOf = ({ userId, mode }: Pick<Asked, 'userId' | 'mode'>) => `${userId} ${mode}`;

function allThere({ asked, generations }: History): Check {
  const stored = new Map(generations.map((one) => [one.id, one]));
  const wanted = new Set(asked.map(({ id }) => id));
  const known = [...asked, ...generations.filter(({ id }) => !wanted.has(id))];
  return checkEach('generations: accepted is stored, and nothing else, with its owner and mode', known, (one) => {
    const row = stored.get(one.id);
    if (!row) return `${one.id} was accepted and is gone`;
    if (!wanted.has(one.id)) return `${one.id} was asked for by nobody`;
    return ownerOf(row) === ownerOf(one) ? undefined : `${one.id} belongs to ${ownerOf(row)}, not to ${ownerOf(one)}`;
  });
}

function succeededOnce({ generations, jobs, published, waitingEvents }: History): Check[] {
  const jobsOf = grouped(jobs, ({ generationId }) => generationId);
  const eventsOf = grouped(published, ({ generationId }) => generationId);
  const known = new Set(generations.map(({ id }) => id));
  return [
    checkEach('generations that have succeeded', generations, ({ id, status }) =>
      status === 'succeeded' ? undefined : `${id} is ${status}`,
    ),
    checkEach('one job each, succeeded', generations, ({ id }) => {
      const states = (jobsOf.get(id) ?? []).map(({ state }) => state);
      return isDeepStrictEqual(states, ['succeeded']) ? undefined : `${id} has jobs: ${states.join(', ') || 'none'}`;
    }),
    checkEach('one durable event each, generation.succeeded', generations, ({ id }) => {
      const names = (eventsOf.get(id) ?? []).map(({ subject }) => subject.split('.').at(-1));
      return isDeepStrictEqual(names, ['succeeded'])
        ? undefined
        : `${id} was told as: ${names.join(', ') || 'nothing'}`;
    }),
    checkEach('durable events of a generation that there is', published, ({ id, generationId }) =>
      known.has(generationId) ? undefined : `event ${id} tells of ${generationId}`,
    ),
    checkEach('no event waits to be sent', [waitingEvents], (count) => (count > 0 ? `${count} wait` : undefined)),
  ];
}

function eventsInOrder({ generations, events, followed }: History): Check[] {
  const of = (id: string) => events.get(id) ?? [];
  return [
    checkEach('event numbers from 1 without gaps', generations, ({ id, lastEvent }) => {
      const numbers = of(id).map(({ number }) => number);
      const isWhole = numbers.length === lastEvent && numbers.every((number, index) => number === index + 1);
      return isWhole && lastEvent > 0 ? undefined : `${id} has ${numbers.join(' ')}; its last is ${lastEvent}`;
    }),
    checkEach('states only ever go forward, to one end', generations, ({ id, status }) =>
      backwards(of(id), status, (problem) => `${id} ${problem}`),
    ),
    checkEach('progress never goes back', generations, ({ id }) => {
      const fractions = of(id).flatMap((event) => (event.type === 'progress' ? [event.data.fraction] : []));
      const at = fractions.findIndex((fraction, index) => index > 0 && fraction < fractions[index - 1]!);
      return at < 0 ? undefined : `${id} goes from ${fractions[at - 1]} to ${fractions[at]}`;
    }),
    checkEach('each second of audio is announced once, in order', generations, ({ id }) => {
      const indexes = of(id).flatMap((event) => (event.type === 'audio' ? [event.data.index] : []));
      return indexes.every((index, place) => index === place) ? undefined : `${id} announces ${indexes.join(' ')}`;
    }),
    checkEach('what users were told meanwhile is what is on record', [...followed], ([id, seen]) =>
      isDeepStrictEqual(seen, of(id))
        ? undefined
        : `${id}: ${seen.length} events were told, ${of(id).length} are there`,
    ),
  ];
}

function backwards(
  events: readonly GenerationEvent[],
  status: StoredGeneration['status'],
  say: (problem: string) => string,
): string | undefined {
  const statuses = events.flatMap((event) => (event.type === 'status' ? [event.data.status] : []));
  const ranks = statuses.map((one) => generationStatuses.indexOf(one));
  if (statuses[0] !== 'queued') return say(`begins ${statuses[0]}`);
  if (ranks.some((rank, index) => index > 0 && rank <= ranks[index - 1]!)) return say(`goes ${statuses.join(', ')}`);
  if (statuses.at(-1) !== status) return say(`is ${status}, and was told to be ${statuses.at(-1)}`);
  const ends = events.filter(({ type }) => type === 'done');
  if (ends.length !== 1 || events.at(-1)?.type !== 'done') return say(`ends ${ends.length} times`);
  return undefined;
}

function oneUnitEach({ asked, generations, quotaDays }: History): Check[] {
  const wanted = grouped(
    asked.filter(({ mode }) => mode === 'live'),
    ownerOf,
  );
  const counted = grouped(quotaDays, ownerOf);
  const owners = [...new Set([...wanted.keys(), ...counted.keys()])];
  return [
    checkEach('quota: live spends one unit each, test none', generations, ({ id, mode, quota }) =>
      quota === (mode === 'live' ? 'spent' : 'none') ? undefined : `${id}, ${mode}: ${quota}`,
    ),
    checkEach('quota: users are charged for what they asked for', owners, (owner) => {
      const sum = (counted.get(owner) ?? []).reduce((total, { reserved }) => total + reserved, 0);
      const due = wanted.get(owner)?.length ?? 0;
      return sum === due ? undefined : `${owner} is charged for ${sum} instead of ${due}`;
    }),
  ];
}

/** `generations/<id>/<attempt>/…` */
const attemptOf = (key: string) => key.split('/').slice(0, 3).join('/');

function filesFit({ generations, artefacts, files }: History): Check[] {
  const stored = new Map(files.map((file) => [file.key, file]));
  const owned = new Set(artefacts.map(({ key }) => key));
  const artefactsOf = grouped(artefacts, ({ generationId }) => generationId);
  // The preview of the start that succeeded stays for those who listen, and goes some minutes later.
  const previews = new Set(
    generations.flatMap(({ id, preview }) => (preview ? [`generations/${id}/${preview.attempt}`] : [])),
  );
  const isPreview = (key: string) => key.split('/')[3] === 'preview' && previews.has(attemptOf(key));
  return [
    checkEach('files: each is there, byte for byte', artefacts, (artefact) =>
      damage(artefact, stored.get(artefact.key)),
    ),
    checkEach('files: no orphans', files, ({ key }) => (owned.has(key) || isPreview(key) ? undefined : key)),
    checkEach('files: each generation has some, all of one start', generations, ({ id }) => {
      const starts = new Set((artefactsOf.get(id) ?? []).map(({ key }) => attemptOf(key)));
      const isItsOwn = [...starts].every((start) => start.startsWith(`generations/${id}/`));
      return starts.size === 1 && isItsOwn ? undefined : `${id}: ${[...starts].join(', ') || 'none'}`;
    }),
  ];
}

function damage(
  { key, bytes, sha256 }: StoredArtefact,
  file: History['files'][number] | undefined,
): string | undefined {
  if (!file) return `${key} is missing`;
  return file.bytes === bytes && file.sha256 === sha256 ? undefined : `${key} is another file than was delivered`;
}
