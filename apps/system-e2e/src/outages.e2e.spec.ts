import { until } from '@musicgen/testing';
import { client, newUser, type Answer, type Client } from './client';
import { startPlatform, type Platform } from './platform';

const tier = {
  requests_per_hour: 1_000_000,
  generations_per_day: 40,
  longest_piece: 60,
  concurrent_generations: 4,
  audio_days: 7,
};

/** Asks again and again until told to stop; every answer is kept. */
function ask(question: () => Promise<Answer>): { stop(): Promise<Answer[]> } {
  const answers: Answer[] = [];
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) answers.push(await question());
  })();
  return {
    async stop() {
      isStopped = true;
      await asking;
      return answers;
    },
  };
}

describe('while processes die', () => {
  let platform: Platform;
  let demo: Client;

  beforeAll(async () => {
    platform = await startPlatform({ TIERS: JSON.stringify({ free: tier, pro: tier, enterprise: tier }) });
    demo = client(platform.url, platform.demo.api_key_test);
  });
  afterAll(async () => {
    expect(await platform?.stop()).toBe(0);
  });

  const pidOf = async (app: string) => (await platform.pidsOf(app))[0];
  /** Kills it, and gives back what waits until there is another. */
  const kill = async (app: string) => {
    const before = (await pidOf(app))!;
    process.kill(before, 'SIGKILL');
    return () => until(async () => ((await pidOf(app)) ?? before) !== before, `${app} to be started again`);
  };

  it.each([
    ['credential-vault', '/v1/credentials'],
    ['musicgen-api', '/v1/models'],
  ])(
    '%s is started again; until then its requests are refused at once',
    async (app, path) => {
      const asking = ask(() => demo('GET', path));
      const isStarted = await kill(app);
      await isStarted();
      await until(async () => (await demo('GET', path)).status === 200, 'the service to answer again');
      const answers = await asking.stop();
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, body, headers } of refused) {
        // A call that was under way when the service died ends at its deadline.
        expect([status, body.error.code]).toEqual(
          body.error.code === 'TIMEOUT' ? [504, 'TIMEOUT'] : [503, 'SERVICE_UNAVAILABLE'],
        );
        if (status === 503) expect(headers.get('retry-after')).toMatch(/^\d+$/);
      }
      expect(answers.filter(({ status }) => status === 504).length).toBeLessThanOrEqual(1);
    },
    150_000,
  );

  it('the connectors are started again', async () => {
    for (const app of ['spotify-connector', 'acrcloud-connector']) await (await kill(app))();
  }, 150_000);

  it('the gateway is started again, and sessions and keys go on', async () => {
    await (
      await kill('auth-gateway')
    )();
    const isReady = async () => (await demo('GET', '/health/ready').catch(() => undefined))?.status === 200;
    await until(isReady, 'the gateway to be ready');
    expect(await demo('GET', '/v1/user/profile')).toMatchObject({ status: 200 });
  }, 150_000);

  it('of 100 generations by 3 users each succeeds once, though the worker is killed in the middle', async () => {
    const users = await Promise.all(['ada', 'bob', 'eve'].map((name) => newUser(platform.url, name, 'live')));
    const asked = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const user = users[index % 3]!;
        const request = { prompt: 'techno', duration: 1, formats: ['mp3'] };
        const { status, body } = await user('POST', '/v1/generate', request);
        expect([status, body.error]).toEqual([202, null]);
        return { user, id: body.id as string };
      }),
    );
    const done = async (at: Client) => {
      const { body, status } = await at('GET', '/v1/generate?status=succeeded&limit=100');
      return status === 200 ? (body.data as { id: string }[]) : [];
    };
    await until(async () => (await done(users[0]!)).length >= 5, 'some to be done');
    await kill('musicgen-api');
    for (const [index, user] of users.entries()) {
      const mine = asked.filter(({ user: owner }) => owner === user).map(({ id }) => id);
      const finished = await until(
        async () => {
          const list = await done(user);
          return list.length === mine.length && list;
        },
        `all of user ${index}`,
        120_000,
      );
      expect(finished.map(({ id }) => id).sort()).toEqual(mine.sort());
      const { body: profile } = await user('GET', '/v1/user/profile');
      expect(profile.usage.generations_remaining).toBe(40 - mine.length);
    }
  }, 240_000);
});
