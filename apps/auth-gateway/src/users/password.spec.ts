import { parseOptions } from '@node-rs/argon2';
import { readdirSync, readFileSync } from 'node:fs';
import { PasswordHasher, PasswordQueueFullError, type PasswordHasherOptions } from './password';

const PASSWORD = 'Saite-Kamm-Wolke-17';

const hashers: PasswordHasher[] = [];
const start = (options?: PasswordHasherOptions) => {
  const hasher = new PasswordHasher(options);
  hashers.push(hasher);
  return hasher;
};
afterAll(() => Promise.all(hashers.map((hasher) => hasher.onApplicationShutdown())));

describe('a password hash', () => {
  const hasher = start();

  it('is argon2id with the parameters OWASP gives, and salted', async () => {
    const [first, second] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=9216,t=4,p=1\$/);
    expect(parseOptions(first)).toMatchObject({ memoryCost: 9_216, timeCost: 4, parallelism: 1, outputLen: 32 });
    expect(second).not.toBe(first);
  });

  it('is matched by its password only', async () => {
    const stored = await hasher.hash(PASSWORD);
    expect(await hasher.verify(stored, PASSWORD)).toBe(true);
    expect(await hasher.verify(stored, PASSWORD.toLowerCase())).toBe(false);
    expect(await hasher.verify(stored, '')).toBe(false);
  });

  it('is matched however the keyboard composes an umlaut', async () => {
    const stored = await hasher.hash('Gr\u00fcne Wolke 17');
    expect(await hasher.verify(stored, 'Gru\u0308ne Wolke 17')).toBe(true);
  });

  it('is never matched for a user who does not exist', async () => {
    expect(await hasher.verify(null, PASSWORD)).toBe(false);
  });

  it('that is damaged is an error, and does not block those who wait', async () => {
    const narrow = start({ threads: 1 });
    const damaged = narrow.verify('not a hash', PASSWORD);
    const next = narrow.verify(null, PASSWORD);
    await expect(damaged).rejects.toThrow();
    expect(await next).toBe(false);
  });
});

/** How many threads of this process have the lowest priority (proc_pid_stat(5), field 19). */
function nicestThreads(): number {
  const stats = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'));
  return stats.filter((stat) => stat.split(') ')[1]!.split(' ')[16] === '19').length;
}

describe('a flood of logins', () => {
  it('is cut off behind the queue, and served in turn up to it', async () => {
    const hasher = start({ threads: 1, queueMax: 2 });
    const served: number[] = [];
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3, 4].map((login) => hasher.verify(null, PASSWORD).then(() => served.push(login))),
    );
    expect(served).toEqual([0, 1, 2]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect((outcomes[4] as PromiseRejectedResult).reason).toBeInstanceOf(PasswordQueueFullError);
  });

  it('takes unknown users through the same queue as known ones', async () => {
    const hasher = start({ threads: 1, queueMax: 0 });
    const busy = hasher.hash(PASSWORD);
    await expect(hasher.verify(null, PASSWORD)).rejects.toThrow(PasswordQueueFullError);
    const stored = await busy;
    expect(await hasher.verify(stored, PASSWORD)).toBe(true);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is worked off by a thread that every other one goes before', async () => {
    const before = nicestThreads();
    await start({ threads: 1 }).verify(null, PASSWORD);
    expect(nicestThreads()).toBe(before + 1);
  });

  it('waits for nobody when the application ends', async () => {
    const hasher = start({ threads: 1 });
    const outcomes = Promise.allSettled([0, 1, 2, 3].map(() => hasher.verify(null, PASSWORD)));
    await hasher.onApplicationShutdown();
    expect((await outcomes).at(-1)).toMatchObject({ status: 'rejected' });
  });
});
