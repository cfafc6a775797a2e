import { sessionRevoked, userDeleted, type EventContract } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { makePrincipal, until } from '@musicgen/testing';
import { headers } from 'nats';
import { makeAsked, makeCall } from '../../test/factories';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

async function tell(event: EventContract, payload: object): Promise<void> {
  const { connection } = await world.nats.connect('auth');
  const text = JSON.stringify(event.payload.parse(payload));
  await connection.jetstream().publish(event.subject, text, { msgID: newId('evt'), headers: headers() });
}

it('cancels the queued generations of a session that has ended, and no other session’s', async () => {
  const replica = await world.replica();
  replica.hearEvents();
  const owner = makePrincipal();
  const other = { ...owner, session_id: newId('sess') };
  const create = async (principal: typeof owner) =>
    (await replica.generations.create({ ...makeCall(), principal }, makeAsked())).id;
  const [mine, others] = [await create(owner), await create(other)];
  await tell(sessionRevoked, { session_id: owner.session_id, user_id: owner.user_id, mode: 'live' });
  await untilStatus(replica, owner, mine, 'canceled');
  expect(await replica.generations.get(owner, others)).toMatchObject({ status: 'queued' });
  expect((await replica.usage.get(owner)).generations_remaining).toBe(499);
});

it('removes what a deleted user has here', async () => {
  const replica = await world.replica();
  replica.hearEvents();
  const owner = makePrincipal();
  await replica.generations.create({ ...makeCall(), principal: owner }, makeAsked());
  await tell(userDeleted, { user_id: owner.user_id });
  const left = () => world.ask(`SELECT id FROM generations WHERE user_id = $1`, [owner.user_id]);
  await until(async () => (await left()).length === 0, 'the generation to be gone');
});
