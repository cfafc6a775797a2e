import { until } from '@musicgen/testing';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { Webhook } from 'standardwebhooks';
import { expectError, refusedFields, type Body } from './client';
import { startGateway, type TestGateway } from './gateway';

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Delivery extends Body {
  status: string;
  next_attempt_at: string | null;
  event: string;
  request: unknown;
  attempts: { status: number | null; problem: string | null; body: string | null }[];
}

let gateway: TestGateway;
let second: Awaited<ReturnType<TestGateway['startSecond']>>;
/** The users' own server: what it heard, and what it answers to each path. */
let receiver: Server;
let base: string;
const heard: Heard[] = [];
const answers = new Map<string, number[]>();

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    heard.push({ path: request.url!, headers: request.headers, text });
    response.writeHead(answers.get(request.url!)?.shift() ?? 204).end();
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  gateway = await startGateway({ WEBHOOK_NETWORKS: '127.0.0.0/8' });
  second = await gateway.startSecond();
});
afterAll(async () => {
  await second?.stop();
  await gateway?.stop();
  receiver?.close();
});

const at = (path: string) => heard.filter((one) => one.path === path);
const register = async (who: { token: string }, path: string, events = ['api_key.revoked']) => {
  const { body, status } = await gateway.ask('POST /v1/webhooks', { ...who, body: { url: base + path, events } });
  expect(status).toBe(201);
  return body as Body & { secret: string };
};
const revokeAKey = async (who: { token: string }) => {
  const { id } = await gateway.addKey(who.token);
  expect(await gateway.ask(`DELETE /v1/user/api-keys/${id}`, who)).toMatchObject({ status: 204 });
  return id;
};
const deliveriesOf = async (who: { token: string }, id: string) =>
  (await gateway.ask(`GET /v1/webhooks/${id}/deliveries`, who)).body.data as Delivery[];
/** As if the wait for the next try were over. */
const endWaits = (userId: string) =>
  gateway.database.dataSource.query(`UPDATE jobs SET not_before = now() WHERE user_id = $1 AND state = 'queued'`, [
    userId,
  ]);
/** More answers than a delivery has tries: for as long as nobody says that the endpoint is well again. */
const failing = () => Array<number>(20).fill(500);

describe('an endpoint', () => {
  it('has a secret that is shown once, and is listed, read and removed by its owner alone', async () => {
    const [owner, other] = [await gateway.register(), await gateway.register()];
    const { secret, ...shown } = await register(owner, '/mine', ['generation.failed', 'generation.failed']);
    expect(secret).toMatch(/^whsec_/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^hook_/),
      url: `${base}/mine`,
      events: ['generation.failed'],
      mode: 'live',
      created_at: expect.any(String),
      secret_rotated_at: null,
    });
    const list = await gateway.ask('GET /v1/webhooks', owner);
    expect(list.body.data).toEqual([shown]);
    expect(list.text + gateway.process.output()).not.toContain(secret.slice(6));
    expect((await gateway.ask('GET /v1/webhooks', other)).body.data).toEqual([]);
    for (const route of [`DELETE /v1/webhooks/${shown.id}`, `POST /v1/webhooks/${shown.id}/rotate`]) {
      expectError(await gateway.ask(route, other), 'NOT_FOUND');
    }
    expectError(await gateway.ask(`GET /v1/webhooks/${shown.id}/deliveries`, other), 'NOT_FOUND');
    expect(await gateway.ask(`DELETE /v1/webhooks/${shown.id}`, owner)).toMatchObject({ status: 204 });
    expect((await gateway.ask('GET /v1/webhooks', owner)).body.data).toEqual([]);
  });

  it('is refused by name: an address of the internal network, an event that is none, a second one at the address', async () => {
    const owner = await gateway.register();
    const ask = (body: object) => gateway.ask('POST /v1/webhooks', { ...owner, body });
    const events = ['generation.succeeded'];
    for (const url of ['https://10.0.0.1/', 'https://[fd00::1]/', 'http://8.8.8.8/', 'ftp://example.com', 'x']) {
      expect(refusedFields(await ask({ url, events }))).toEqual(['url']);
    }
    expect(refusedFields(await ask({ url: base, events: ['generation.exploded'] }))).toEqual(['events.0']);
    expect(refusedFields(await ask({ url: base, events: [] }))).toEqual(['events']);
    const first = await register(owner, '/once');
    expectError(await ask({ url: `${base}/once`, events }), 'CONFLICT', `${first.id} has this url`);
  });

  it('can be had twenty times, not more', async () => {
    const owner = await gateway.register();
    const made = await Promise.all(
      Array.from({ length: 22 }, (_, i) =>
        gateway.ask('POST /v1/webhooks', {
          ...owner,
          body: { url: `${base}/many/${i}`, events: ['api_key.revoked'] },
        }),
      ),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20);
    for (const refused of made.filter(({ status }) => status !== 201)) expectError(refused, 'CONFLICT');
  });
});

describe('an event', () => {
  it('reaches the endpoints of its user and mode that want it, once each, signed, over two gateways', async () => {
    const [owner, other] = [await gateway.register(), await gateway.register()];
    const wanting = await register(owner, '/wanting');
    await register(owner, '/not-wanting', ['generation.succeeded']);
    await register(other, '/other');
    const key = await revokeAKey(owner);
    await until(async () => (await deliveriesOf(owner, wanting.id))[0]?.status === 'delivered');

    const [{ headers, text }, ...more] = at('/wanting') as [Heard, ...Heard[]];
    expect(more).toEqual([]);
    expect(new Webhook(wanting.secret).verify(text, headers as Record<string, string>)).toEqual({
      type: 'api_key.revoked',
      timestamp: expect.any(String),
      data: { key_id: key, mode: 'live' },
    });
    expect(headers['content-type']).toBe('application/json');
    expect([...at('/not-wanting'), ...at('/other')]).toEqual([]);
    const [delivery] = await deliveriesOf(owner, wanting.id);
    expect(delivery).toMatchObject({
      id: headers['webhook-id'],
      webhook_id: wanting.id,
      event: 'api_key.revoked',
      request: { url: `${base}/wanting`, body: JSON.parse(text) },
      attempts: [{ status: 204, body: '', problem: null }],
      next_attempt_at: null,
    });
  });

  it('is sent again under the same id when the endpoint fails, and each try is listed with its answer', async () => {
    const owner = await gateway.register();
    answers.set('/failing', failing());
    const { id } = await register(owner, '/failing');
    await revokeAKey(owner);
    const waiting = await until(async () => {
      const [now] = await deliveriesOf(owner, id);
      return now?.next_attempt_at != null && now.attempts.length > 0 && now;
    }, 'a failed try, and the time of the next');
    expect(waiting).toMatchObject({ status: 'pending', next_attempt_at: expect.stringMatching(/Z$/) });
    answers.delete('/failing');
    await until(async () => {
      await endWaits(owner.user.id);
      return (await deliveriesOf(owner, id))[0]?.status === 'delivered';
    }, 'the delivery');
    const [delivery] = await deliveriesOf(owner, id);
    const tries = delivery!.attempts.map(({ status, problem }) => [status, problem]);
    // A slow machine may have tried more than once before it was well again.
    const failures = at('/failing').length - 1;
    expect(failures).toBeGreaterThan(0);
    expect(tries).toEqual([...Array<unknown>(failures).fill([500, 'the answer was 500']), [204, null]]);
    expect(new Set(at('/failing').map(({ headers }) => headers['webhook-id']))).toEqual(new Set([delivery!.id]));
  });

  it('is signed with both secrets after a rotation', async () => {
    const owner = await gateway.register();
    const before = await register(owner, '/rotated');
    const { body: after } = await gateway.ask(`POST /v1/webhooks/${before.id}/rotate`, owner);
    const { secret } = after as Body & { secret: string };
    expect(secret).not.toBe(before.secret);
    await revokeAKey(owner);
    await until(() => at('/rotated').length > 0);
    const [{ headers, text }] = at('/rotated') as [Heard];
    for (const known of [before.secret, secret]) {
      expect(() => new Webhook(known).verify(text, headers as Record<string, string>)).not.toThrow();
    }
  });

  it('can be sent once more by hand, also after it was delivered, and not while it is under way', async () => {
    const owner = await gateway.register();
    answers.set('/again', [204, ...failing()]);
    const { id } = await register(owner, '/again');
    await revokeAKey(owner);
    await until(async () => (await deliveriesOf(owner, id))[0]?.status === 'delivered');
    const [delivery] = await deliveriesOf(owner, id);
    const redeliver = `POST /v1/webhooks/${id}/deliveries/${delivery!.id}/redeliver`;
    expect(await gateway.ask(redeliver, owner)).toMatchObject({ status: 202, body: { status: 'pending' } });
    await until(() => at('/again').length > 1);
    expectError(await gateway.ask(redeliver, owner), 'CONFLICT', 'It is still being delivered');
  });

  it('is not sent to an endpoint that was removed meanwhile', async () => {
    const owner = await gateway.register();
    answers.set('/removed', failing());
    const { id } = await register(owner, '/removed');
    await revokeAKey(owner);
    await until(() => at('/removed').length > 0);
    expect(await gateway.ask(`DELETE /v1/webhooks/${id}`, owner)).toMatchObject({ status: 204 });
    const client = new Client({ connectionString: gateway.database.url });
    await client.connect();
    const { rows } = await client.query(`SELECT 1 FROM jobs WHERE user_id = $1`, [owner.user.id]);
    await client.end();
    expect(rows).toEqual([]);
  });
});
