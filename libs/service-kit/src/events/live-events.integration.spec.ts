import { apiKeyRevoked, generationJobChanged, type PayloadOf } from '@musicgen/platform-contracts';
import { silentLogger, startTestNats, until, type TestNats } from '@musicgen/testing';
import { newId } from '../ids';
import { LiveEvents } from './live-events';

type Change = PayloadOf<typeof generationJobChanged>;

let nats: TestNats;
beforeEach(async () => {
  nats = await startTestNats();
});
afterEach(() => nats.close());

const replica = async () => {
  const link = await nats.connect('musicgen');
  return { link, live: new LiveEvents(link, 'musicgen', silentLogger) };
};
const change = (): Change => ({ job_id: newId('job'), change: 'queued' });

it('reaches every replica, also after nats-server was away', async () => {
  const [a, b] = [await replica(), await replica()];
  const heard: [Change[], Change[]] = [[], []];
  a.live.subscribe(generationJobChanged, (event) => heard[0].push(event));
  b.live.subscribe(generationJobChanged, (event) => heard[1].push(event));
  const told = change();
  await until(() => {
    a.live.publish(generationJobChanged, told);
    return heard[0].length > 0 && heard[1].length > 0;
  });
  expect(heard.map(([event]) => event)).toEqual([told, told]);

  await nats.stop();
  await until(() => !a.link.isUp && !b.link.isUp);
  a.live.publish(generationJobChanged, change());
  await nats.start();
  const later = change();
  await until(() => {
    a.live.publish(generationJobChanged, later);
    return heard[1].at(-1)?.job_id === later.job_id;
  });
});

it('passes on what the contract describes and nothing else', async () => {
  const { link, live } = await replica();
  const heard: Change[] = [];
  live.subscribe(generationJobChanged, (event) => heard.push(event));
  await link.connected;
  for (const text of ['no JSON', '{"job_id":"x"}', '']) {
    link.connection.publish(generationJobChanged.subject, Buffer.from(text));
  }
  const good = change();
  live.publish(generationJobChanged, good);
  await until(() => heard.length > 0);
  expect(heard).toEqual([good]);
});

it('is published by its owner only, and only if it is live', async () => {
  const { live, link } = await replica();
  const revoked = { key_id: newId('key'), user_id: newId('user'), mode: 'live' as const };
  expect(() => live.publish(apiKeyRevoked, revoked)).toThrow('no live event of ours');
  expect(() => new LiveEvents(link, 'auth', silentLogger).publish(generationJobChanged, change())).toThrow();
});
