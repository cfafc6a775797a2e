import { AppError } from '@musicgen/error-codes';
import { DatabaseLink, generateKeyRingText, KeyRing, newId } from '@musicgen/service-kit';
import { makePrincipal, silentLogger, testDatabase, type TestDatabase } from '@musicgen/testing';
import { database } from '../persistence/data-source';
import type { Creation } from './creation';
import { IdempotencyService, type Repeatable, type Success } from './idempotency.service';
import { IdempotentRequestsStore } from './idempotent-requests.store';

const ringText = generateKeyRingText(1);
let db: TestDatabase;
let store: IdempotentRequestsStore;
let service: IdempotencyService;
beforeAll(async () => {
  db = await testDatabase(database);
  store = new IdempotentRequestsStore(new DatabaseLink(db.dataSource, silentLogger));
  service = withRing(ringText);
});
afterAll(() => db?.drop());

const withRing = (text: string) => new IdempotencyService(store, KeyRing.parse(text), silentLogger);
const makeAsked = (overrides: Partial<Repeatable> = {}): Repeatable => ({
  principal: makePrincipal(),
  route: 'POST /v1/things',
  idempotencyKey: newId('req'),
  fingerprint: 'a body',
  creates: 'gen',
  ...overrides,
});
const success = (body: unknown): Success => ({ kind: 'success', headers: { location: '/there' }, body });

/** Performs a request; `made` hears of each time that it was really performed. */
async function perform(asked: Repeatable, by = service, answer?: (creation: Creation) => Promise<Success>) {
  const made: Creation[] = [];
  let isReplayed = false;
  const result = await by
    .perform(
      asked,
      async (creation) => {
        made.push(creation);
        return answer ? answer(creation) : success({ id: creation.id });
      },
      () => (isReplayed = true),
    )
    .catch((error: AppError) => error);
  return { result, made, isReplayed };
}
const codeOf = ({ result }: { result: unknown }) => (result as AppError).code;
const fails = (error: Error) => () => Promise.reject(error);
const endLease = (sooner: string) =>
  db.dataSource.query(`UPDATE idempotent_requests SET ${sooner} = now() - interval '1 second'`);

describe('a request that is repeated', () => {
  it('is performed once, and answered alike', async () => {
    const asked = makeAsked();
    const first = await perform(asked);
    const again = await perform(asked);
    expect(first).toMatchObject({ made: [{ id: expect.stringMatching(/^gen_/) }], isReplayed: false });
    expect(again).toEqual({ result: first.result, made: [], isReplayed: true });
  });

  it('is another one for another user, mode or route', async () => {
    const asked = makeAsked();
    await perform(asked);
    const other = { ...asked.principal, mode: 'test' as const };
    for (const change of [{ principal: makePrincipal() }, { principal: other }, { route: 'POST /v1/others' }]) {
      expect((await perform({ ...asked, ...change })).made).toHaveLength(1);
    }
  });

  it('is refused with another body, also while the first is running', async () => {
    const asked = makeAsked();
    const answer = async (creation: Creation) => {
      expect(codeOf(await perform({ ...asked, fingerprint: 'another' }))).toBe('IDEMPOTENCY_KEY_REUSED');
      expect(codeOf(await perform(asked))).toBe('REQUEST_IN_PROGRESS');
      return success(creation.id);
    };
    expect((await perform(asked, service, answer)).result).toMatchObject({ kind: 'success' });
    expect(codeOf(await perform({ ...asked, fingerprint: 'another' }))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('is performed once, though it comes twenty times at once', async () => {
    const asked = makeAsked();
    const all = await Promise.all(Array.from({ length: 20 }, () => perform(asked)));
    expect(all.flatMap(({ made }) => made)).toHaveLength(1);
    const answered = all.filter(({ result }) => 'kind' in result);
    const refused = all.filter(({ result }) => result instanceof AppError);
    expect(new Set(answered.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(new Set(refused.map(codeOf)).size).toBeLessThanOrEqual(1);
    for (const one of refused) expect(codeOf(one)).toBe('REQUEST_IN_PROGRESS');
  });

  it('is new after a day, with another body too', async () => {
    const asked = makeAsked();
    const first = await perform(asked);
    await endLease('expires_at');
    const next = await perform({ ...asked, fingerprint: 'another' });
    expect(next.made).toHaveLength(1);
    expect(next.made[0]!.id).not.toBe(first.made[0]!.id);
    expect((await perform({ ...asked, fingerprint: 'another' })).isReplayed).toBe(true);
  });
});

describe('what was begun and never answered', () => {
  /** As a process that ends in the middle leaves it. */
  async function crash(asked: Repeatable): Promise<Creation> {
    return new Promise((resolve) => {
      void perform(asked, service, (creation) => {
        resolve(creation);
        return new Promise(() => undefined);
      });
    });
  }

  it('ends in the same resource, with the same secret, once its lease is over', async () => {
    const asked = makeAsked();
    const first = await crash(asked);
    expect(codeOf(await perform(asked))).toBe('REQUEST_IN_PROGRESS');
    await endLease('leased_until');
    const again = await perform(asked);
    expect(again.made).toEqual([first]);
    expect((await perform(asked)).isReplayed).toBe(true);
  });

  it('is taken up by one, though many repeat it', async () => {
    const asked = makeAsked();
    const first = await crash(asked);
    await endLease('leased_until');
    const all = await Promise.all(Array.from({ length: 10 }, () => perform(asked)));
    expect(all.flatMap(({ made }) => made)).toEqual([first]);
  });

  it('keeps the answer of whoever took it up, when the first comes back late', async () => {
    const asked = makeAsked();
    let second: Awaited<ReturnType<typeof perform>> | undefined;
    const first = await perform(asked, service, async (creation) => {
      await endLease('leased_until');
      second = await perform(asked, service, async () => success('second'));
      return success(creation.id);
    });
    expect(first.made).toEqual(second!.made);
    expect((await perform(asked)).result).toEqual(success('second'));
  });

  it('opens after the ring was rotated, with a key made of the old version', async () => {
    const asked = makeAsked();
    const first = await crash(asked);
    await endLease('leased_until');
    const rotated = withRing(`${ringText}${generateKeyRingText(2)}`);
    expect((await perform(asked, rotated)).made).toEqual([first]);
    expect((await perform(asked, rotated)).isReplayed).toBe(true);
  });
});

describe('a refusal', () => {
  it.each(['VALIDATION_FAILED', 'NOT_FOUND', 'CREDENTIAL_INVALID', 'GONE'] as const)('%s is final', async (code) => {
    const asked = makeAsked();
    const error = new AppError(code, { details: 'why' });
    await perform(asked, service, fails(error));
    const again = await perform(asked);
    expect(again).toMatchObject({ made: [], isReplayed: true, result: { code, details: 'why' } });
  });

  it.each([
    'INVALID_TOKEN',
    'INSUFFICIENT_PERMISSIONS',
    'CONFLICT',
    'QUOTA_EXCEEDED',
    'SERVICE_UNAVAILABLE',
    'TIMEOUT',
    'INTERNAL_ERROR',
  ] as const)('%s is not: the next try is made at once, for the same resource', async (code) => {
    const asked = makeAsked();
    const first = await perform(asked, service, fails(new AppError(code)));
    const again = await perform(asked);
    expect(codeOf(first)).toBe(code);
    expect(again).toMatchObject({ isReplayed: false, made: first.made });
  });

  it('is told as it was where anything else was thrown', async () => {
    const asked = makeAsked();
    const thrown = new TypeError('a mistake');
    expect((await perform(asked, service, fails(thrown))).result).toBe(thrown);
    expect((await perform(asked)).made).toHaveLength(1);
  });
});

it('stores neither the Idempotency-Key nor anything of the answer in the clear', async () => {
  const asked = makeAsked({ idempotencyKey: 'order-4711-for-ada' });
  const secret = 'sk_live_the-secret';
  await perform(asked, service, async () => success({ key: secret }));
  const rows = await db.dataSource.query(
    `SELECT r::text AS row, encode(seed, 'escape') AS seed, encode(answer, 'escape') AS answer FROM idempotent_requests r`,
  );
  for (const text of ['order-4711', 'sk_live', '/there']) expect(JSON.stringify(rows)).not.toContain(text);
});

it('removes what is older than a day, and nothing else', async () => {
  await perform(makeAsked());
  await endLease('expires_at');
  const asked = makeAsked();
  await perform(asked);
  expect(await store.sweep()).toBe(false);
  expect(await db.dataSource.query('SELECT user_id FROM idempotent_requests')).toEqual([
    { user_id: asked.principal.user_id },
  ]);
});
