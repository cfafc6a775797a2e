import { AppError } from '@musicgen/error-codes';
import { testDatabase, type TestDatabase } from '@musicgen/testing';
import { randomUUID } from 'node:crypto';
import { database } from '../persistence/data-source';
import { LockoutsService } from './lockouts.service';
import { LockoutsStore } from './lockouts.store';

let test: TestDatabase;
/** Two processes that share nothing but the database. */
let replicas: LockoutsService[];

beforeAll(async () => {
  test = await testDatabase(database);
  replicas = [1, 2].map(() => new LockoutsService(new LockoutsStore(test.dataSource)));
});
afterAll(() => test?.drop());

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;
const newEmail = () => `${randomUUID()}@example.com`;

type Outcome = 'right' | 'wrong' | 'unheard' | 'locked';

/** What becomes of a try; `unheard` is one that was not compared, as when too many wait. */
async function attempt(email: string, address: string, outcome: Outcome = 'wrong', replica = 0): Promise<string> {
  const work = () =>
    outcome === 'right'
      ? Promise.resolve('right')
      : Promise.reject(new AppError(codes[outcome as 'wrong' | 'unheard']));
  const isFailure = (error: unknown) => (error as AppError).code === codes.wrong;
  return replicas[replica]!.guard('login', email, address, work, isFailure).catch((error: AppError) =>
    error.code === 'ACCOUNT_LOCKED' ? `locked for ${error.retryAfterSeconds}` : error.code,
  );
}
const codes = { wrong: 'INVALID_CREDENTIALS', unheard: 'SERVICE_UNAVAILABLE' } as const;

const fail = (email: string, times: number, address: string) =>
  Promise.all(Array.from({ length: times }, (_, time) => attempt(email, address, 'wrong', time % 2)));

it('ten failures of a pair lock it for a minute in every replica, also for the right password', async () => {
  const [email, address] = [newEmail(), newAddress()];
  expect(await fail(email, 10, address)).toEqual(Array(10).fill(codes.wrong));
  for (const replica of [0, 1])
    expect(await attempt(email, address, 'right', replica)).toMatch(/^locked for (60|[1-5]?\d)$/);
  expect(await attempt(email, newAddress(), 'right')).toBe('right');
  expect(await attempt(newEmail(), address, 'right')).toBe('right');
});

it('of forty at once on two replicas, ten are heard', async () => {
  const answers = await fail(newEmail(), 40, newAddress());
  expect(answers.filter((answer) => answer === codes.wrong)).toHaveLength(10);
});

it('a right password in between begins the count of the pair anew', async () => {
  const [email, address] = [newEmail(), newAddress()];
  for (let round = 0; round < 3; round++) {
    await fail(email, 9, address);
    expect(await attempt(email, address, 'right')).toBe('right');
  }
});

it('a right password leaves nothing behind, and of many at once each is let in', async () => {
  const [email, address] = [newEmail(), newAddress()];
  const rows = () => test.dataSource.query('SELECT failures FROM lockouts WHERE failures <> $1', [[]]);
  const before = await rows();
  expect(await attempt(email, address, 'right')).toBe('right');
  expect(await rows()).toEqual(before);
  // Fewer than the limit: each counts until its password was found right.
  const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => attempt(email, address, 'right', i % 2)));
  expect(answers).toEqual(Array(9).fill('right'));
  expect(await rows()).toEqual(before);
});

it('the first failure counts as the others do', async () => {
  const [email, address] = [newEmail(), newAddress()];
  for (let time = 0; time < 10; time++) expect(await attempt(email, address, 'wrong', time % 2)).toBe(codes.wrong);
  expect(await attempt(email, address, 'right')).toMatch(/^locked/);
});

it('a try that was not heard is no failure', async () => {
  const [email, address] = [newEmail(), newAddress()];
  await fail(email, 9, address);
  for (let time = 0; time < 3; time++) expect(await attempt(email, address, 'unheard')).toBe(codes.unheard);
  expect(await attempt(email, address, 'right')).toBe('right');
});

it('each lock is twice as long as the one before, to an hour', async () => {
  const [email, address] = [newEmail(), newAddress()];
  await fail(email, 10, address);
  const minutes: number[] = [];
  for (let lock = 0; lock < 8; lock++) {
    const seconds = Number(/\d+/.exec(await attempt(email, address))![0]);
    minutes.push(Math.ceil(seconds / 60));
    // The lock is over now; all that was counted stays.
    await test.dataSource.query(
      `UPDATE lockouts SET locked_until = now() - interval '1 second' WHERE locked_until > now()`,
    );
    expect(await attempt(email, address)).toBe(codes.wrong);
  }
  expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

it('a hundred failures of one e-mail from many addresses lock it everywhere', async () => {
  const email = newEmail();
  for (let address = 0; address < 11; address++) await fail(email, 9, newAddress());
  expect(await attempt(email, newAddress())).toBe(codes.wrong);
  expect(await attempt(email, newAddress(), 'right')).toMatch(/^locked/);
});

it('a right login does not give a guesser with many addresses a hundred more', async () => {
  const email = newEmail();
  for (let address = 0; address < 11; address++) await fail(email, 9, newAddress());
  expect(await attempt(email, newAddress(), 'right')).toBe('right');
  expect(await attempt(email, newAddress())).toBe(codes.wrong);
  expect(await attempt(email, newAddress(), 'right')).toMatch(/^locked/);
});

it('one customer’s IPv6 network counts as one address', async () => {
  const email = newEmail();
  for (let host = 1; host <= 10; host++) await attempt(email, `2001:db8::${host}`);
  expect(await attempt(email, '2001:db8::ffff', 'right')).toMatch(/^locked/);
});

it('keeps no e-mail address that was tried, and nothing for longer than it says something', async () => {
  const email = newEmail();
  await attempt(email, newAddress());
  expect(JSON.stringify(await test.dataSource.query('SELECT * FROM lockouts'))).not.toContain(email);
  await test.dataSource.query(`UPDATE lockouts SET forgotten_at = now() - interval '1 second'`);
  await new LockoutsStore(test.dataSource).purge();
  expect(await test.dataSource.query('SELECT 1 FROM lockouts')).toEqual([]);
});
