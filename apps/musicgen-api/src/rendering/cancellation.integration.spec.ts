import type { Principal } from '@musicgen/platform-contracts';
import { Closer, mainOf, makePrincipal, until } from '@musicgen/testing';
import path from 'node:path';
import { makeAsked, makeCall } from '../../test/factories';
import type { Replica } from '../../test/replica';
import { makeWorld, tiersWith, untilStatus, type World } from '../../test/world';
import type { RenderProgress } from '../engines/engine';
import { RenderChild } from './render-child';

// The engine itself in a process of its own, without the pool that would not wait for it, and with all the time to obey:
// what does not obey goes on to its next phase, and is seen there.

let world: World;
let child: RenderChild;
const closer = new Closer();
beforeAll(async () => {
  world = await closer.open(makeWorld(), ({ close }) => close());
  const entry = path.join(path.dirname(mainOf('musicgen')), 'rendering/render-process.js');
  child = await closer.open(RenderChild.start(entry, {}, 600_000), (started) => {
    started.kill();
    return started.exited;
  });
  await child.ready;
});
afterEach(() => world.reset());
afterAll(closer.close);

type Phase = RenderProgress['stage'] | 'over';

/**
 * A worker that notes the phases of every piece, and does something as soon as one of them is where it was waited for. The
 * engine stands still until it has been told to stop: however long that takes, it is not further by then.
 */
async function makeWorker(isThere: (progress: RenderProgress) => boolean, act: (id: string) => void) {
  const phases: Phase[] = [];
  let acted: string | undefined;
  const replica = await world.replica({
    tiers: tiersWith({ longest_piece: 600 }),
    async render(task, signal) {
      const { id } = task.request;
      const note = (phase: Phase) => id === acted && phases.push(phase);
      const hear = (progress: RenderProgress) => {
        if (acted === undefined && isThere(progress)) {
          process.kill(child.pid!, 'SIGSTOP');
          act((acted = id));
        }
        note(progress.stage);
        task.onProgress(progress);
      };
      const rendering = child.render({ ...task, onProgress: hear }, signal);
      signal.addEventListener('abort', () => process.kill(child.pid!, 'SIGCONT'), { once: true });
      const result = await rendering;
      note('over');
      return result;
    },
  });
  return { replica, phases };
}

const create = async (replica: Replica, principal: Principal, request: Parameters<typeof makeAsked>[0]) =>
  (await replica.generations.create({ ...makeCall(), principal }, makeAsked(request))).id;
/** All of them, page by page. */
async function eventsOf(replica: Replica, owner: Principal, id: string) {
  const events = [];
  for (let after = 0; ;) {
    const { data } = await replica.generations.listEvents(owner, { id, after });
    if (data.length === 0) return events;
    events.push(...data);
    after = data.at(-1)!.number;
  }
}

const long = { prompt: 'Cinematic orchestra, epic', duration: 600 };
// So long that each phase takes longer than it takes to hear of it.
const rich = { ...long, duration: 180, formats: ['wav' as const, 'flac' as const, 'mp3' as const, 'ogg' as const] };

describe('a long piece that is cancelled', () => {
  it.each<[string, object, (progress: RenderProgress) => boolean, Phase]>([
    ['composed', long, ({ stage }) => stage === 'composing', 'encoding'],
    ['rendered', long, ({ stage }) => stage === 'rendering', 'encoding'],
    ['mastered', rich, ({ stage }) => stage === 'encoding', 'verifying'],
    ['encoded', rich, ({ stage, fraction }) => stage === 'encoding' && fraction > 0.7, 'verifying'],
    ['verified', { ...rich, formats: ['wav'], stems: true }, ({ stage }) => stage === 'verifying', 'over'],
  ])(
    'while it is %s stops there, leaves nothing, and frees its process',
    async (_, request, isThere, next) => {
      const canceling: Promise<unknown>[] = [];
      const owner = makePrincipal();
      const { replica, phases } = await makeWorker(isThere, (id) =>
        canceling.push(replica.generations.cancel(owner, id)),
      );
      const canceled = await create(replica, owner, request);
      const following = await create(replica, owner, { duration: 1, formats: ['mp3'] });
      replica.work();
      const isOver = async () => (await replica.generations.get(owner, canceled)).state === 'done';
      await until(isOver, 'the piece to end', 150_000);
      await Promise.all(canceling);
      const atOnce = await eventsOf(replica, owner, canceled);
      expect(atOnce.slice(-2)).toMatchObject([
        { type: 'status', data: { status: 'canceled' } },
        { type: 'done', data: { status: 'canceled' } },
      ]);
      expect(phases).not.toContain(next);

      await untilStatus(replica, owner, following, 'succeeded');
      expect(await eventsOf(replica, owner, canceled)).toEqual(atOnce);
      expect((await replica.usage.get(owner)).generations_remaining).toBe(499);
      await until(async () => (await world.files('work')).length === 0, 'the work folder to be empty');
      const stored = await world.files('storage');
      expect(stored.filter((file) => !file.includes(following))).toEqual([]);
    },
    300_000,
  );
});
