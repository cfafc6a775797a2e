import type { GenerationEvent } from '@musicgen/platform-contracts';
import { isViolated } from '../check';
import { checkHistory } from './check-history';
import type { History } from './history';

const status = (number: number, status: string, state = 'active') =>
  ({ number, type: 'status', data: { status, state } }) as GenerationEvent;
const progress = (number: number, fraction: number) =>
  ({
    number,
    type: 'progress',
    data: { fraction, section: null, bar: null, bars: null, eta_ms: null },
  }) as GenerationEvent;
const audio = (number: number, index: number) =>
  ({ number, type: 'audio', data: { index, seconds: index + 1 } }) as GenerationEvent;
const done = (number: number) =>
  ({ number, type: 'done', data: { status: 'succeeded', error: null } }) as GenerationEvent;

/** Two generations of one user, one in each mode, as they should end. The second was begun twice. */
function makeHistory(): History {
  const asked = [
    { id: 'gen_1', userId: 'ada', mode: 'live' as const },
    { id: 'gen_2', userId: 'ada', mode: 'test' as const },
  ];
  const events = () => [
    status(1, 'queued', 'pending'),
    status(2, 'composing'),
    progress(3, 0.5),
    audio(4, 0),
    audio(5, 1),
    progress(6, 0.5),
    status(7, 'succeeded', 'done'),
    done(8),
  ];
  const file = (key: string) => ({ key, bytes: 7, sha256: `hash of ${key}` });
  const files = ['generations/gen_1/1/mix.mp3', 'generations/gen_2/2/mix.mp3'].map(file);
  return {
    asked,
    generations: asked.map((one, index) => ({
      ...one,
      status: 'succeeded',
      quota: one.mode === 'live' ? 'spent' : 'none',
      lastEvent: 8,
      preview: { attempt: index + 1 },
    })),
    events: new Map(asked.map(({ id }) => [id, events()])),
    followed: new Map([['gen_1', events()]]),
    jobs: asked.map(({ id }, index) => ({ generationId: id, state: 'succeeded', attempts: index + 1 })),
    quotaDays: [{ userId: 'ada', mode: 'live', reserved: 1 }],
    artefacts: files.map((stored, index) => ({ ...stored, generationId: asked[index]!.id })),
    files: [...files, file('generations/gen_2/2/preview/0.mp3')],
    published: asked.map(({ id }) => ({
      id: `evt ${id}`,
      subject: 'musicgen.v1.event.generation.succeeded',
      generationId: id,
    })),
    waitingEvents: 0,
  };
}

const violations = (history: History) =>
  checkHistory(history)
    .filter(isViolated)
    .flatMap((check) => check.violations);

it('finds nothing wrong with a history in which all went well', () => {
  expect(violations(makeHistory())).toEqual([]);
});

const first = (history: History) => history.generations[0]!;
const setEvents = (history: History, events: GenerationEvent[]) => {
  history.events.set('gen_1', events);
  history.followed.clear();
  first(history).lastEvent = events.length;
};

const broken: [what: string, how: (history: History) => void, sentence: string][] = [
  ['lost', (h) => h.generations.splice(0, 1), 'gen_1 was accepted and is gone'],
  ['not asked for', (h) => h.asked.splice(0, 1), 'gen_1 was asked for by nobody'],
  ['another user’s', (h) => (first(h).userId = 'eve'), 'gen_1 belongs to eve live, not to ada live'],
  ['in the other mode', (h) => (first(h).mode = 'test'), 'gen_1 belongs to ada test, not to ada live'],
  ['still running', (h) => (first(h).status = 'rendering'), 'gen_1 is rendering'],
  ['failed', (h) => (first(h).status = 'failed'), 'gen_1 is failed'],
  ['without a job', (h) => h.jobs.splice(0, 1), 'gen_1 has jobs: none'],
  ['done by two jobs', (h) => h.jobs.push({ ...h.jobs[0]! }), 'gen_1 has jobs: succeeded, succeeded'],
  ['with a dead job', (h) => (h.jobs[0]!.state = 'dead'), 'gen_1 has jobs: dead'],
  ['told to nobody', (h) => h.published.splice(0, 1), 'gen_1 was told as: nothing'],
  ['told twice', (h) => h.published.push({ ...h.published[0]! }), 'gen_1 was told as: succeeded, succeeded'],
  [
    'told to have failed',
    (h) => (h.published[0]!.subject = 'musicgen.v1.event.generation.failed'),
    'gen_1 was told as: failed',
  ],
  ['told and unknown', (h) => (h.published[0]!.generationId = 'gen_9'), 'event evt gen_1 tells of gen_9'],
  ['with events that wait', (h) => (h.waitingEvents = 3), '3 wait'],
  ['with a gap', (h) => h.events.get('gen_1')!.splice(2, 1), 'gen_1 has 1 2 4 5 6 7 8; its last is 8'],
  ['with a number twice', (h) => (h.events.get('gen_1')![2]!.number = 2), 'gen_1 has 1 2 2 4 5 6 7 8; its last is 8'],
  ['with its last event missing', (h) => h.events.get('gen_1')!.pop(), 'gen_1 has 1 2 3 4 5 6 7; its last is 8'],
  ['without events', (h) => setEvents(h, []), 'gen_1 has ; its last is 0'],
  [
    'running backwards',
    (h) =>
      setEvents(h, [
        status(1, 'queued'),
        status(2, 'rendering'),
        status(3, 'composing'),
        status(4, 'succeeded'),
        done(5),
      ]),
    'gen_1 goes queued, rendering, composing, succeeded',
  ],
  [
    'succeeding twice',
    (h) => setEvents(h, [status(1, 'queued'), status(2, 'succeeded'), status(3, 'succeeded'), done(4)]),
    'gen_1 goes queued, succeeded, succeeded',
  ],
  [
    'ending twice',
    (h) => setEvents(h, [status(1, 'queued'), status(2, 'succeeded'), done(3), done(4)]),
    'gen_1 ends 2 times',
  ],
  [
    'going on after its end',
    (h) => setEvents(h, [status(1, 'queued'), status(2, 'succeeded'), done(3), audio(4, 0)]),
    'gen_1 ends 1 times',
  ],
  [
    'told otherwise than it is',
    (h) => setEvents(h, [status(1, 'queued'), status(2, 'failed'), done(3)]),
    'gen_1 is succeeded, and was told to be failed',
  ],
  ['with progress that goes back', (h) => (h.events.get('gen_1')![5] = progress(6, 0.4)), 'gen_1 goes from 0.5 to 0.4'],
  ['announcing a second twice', (h) => (h.events.get('gen_1')![4] = audio(5, 0)), 'gen_1 announces 0 0'],
  [
    'told otherwise than is on record',
    (h) => h.followed.get('gen_1')!.splice(3, 1),
    'gen_1: 7 events were told, 8 are there',
  ],
  ['paid for in test mode', (h) => (h.generations[1]!.quota = 'spent'), 'gen_2, test: spent'],
  ['for free', (h) => (first(h).quota = 'released'), 'gen_1, live: released'],
  ['charged twice', (h) => (h.quotaDays[0]!.reserved = 2), 'ada live is charged for 2 instead of 1'],
  ['not charged', (h) => h.quotaDays.pop(), 'ada live is charged for 0 instead of 1'],
  [
    'charged to a stranger',
    (h) => h.quotaDays.push({ userId: 'eve', mode: 'live', reserved: 1 }),
    'eve live is charged for 1 instead of 0',
  ],
  ['without its file', (h) => h.files.splice(0, 1), 'generations/gen_1/1/mix.mp3 is missing'],
  [
    'with another file',
    (h) => (h.files[0]!.sha256 = 'x'),
    'generations/gen_1/1/mix.mp3 is another file than was delivered',
  ],
  [
    'with what a killed start left',
    (h) => h.files.push({ ...h.files[0]!, key: 'generations/gen_2/1/mix.mp3' }),
    'generations/gen_2/1/mix.mp3',
  ],
  [
    'with the preview of a killed start',
    (h) => h.files.push({ ...h.files[0]!, key: 'generations/gen_2/1/preview/0.mp3' }),
    'generations/gen_2/1/preview/0.mp3',
  ],
  [
    'with files of two starts',
    (h) => {
      const artefact = { ...h.artefacts[0]!, key: 'generations/gen_1/2/mix.wav' };
      h.artefacts.push(artefact);
      h.files.push(artefact);
    },
    'gen_1: generations/gen_1/1, generations/gen_1/2',
  ],
  ['with nothing to hear', (h) => void (h.artefacts.splice(0, 1), h.files.splice(0, 1)), 'gen_1: none'],
];

it.each(broken)('finds a generation that is %s', (_, how, sentence) => {
  const history = makeHistory();
  how(history);
  expect(violations(history)).toContain(sentence);
});

it('looks at something in every check, so that none holds for want of anything to look at', () => {
  for (const { what, counted } of checkHistory(makeHistory())) expect([what, counted]).not.toEqual([what, 0]);
});
