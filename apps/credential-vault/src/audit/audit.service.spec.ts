import { silentLogger } from '@musicgen/testing';
import { Clock } from '../clock';
import { fromLines } from './audit-lines';
import { Audit } from './audit.service';
import type { AuditStore } from './audit.store';

/** A store whose transactions end when told to, and the batches that it was given. */
function slowStore() {
  const batches: number[] = [];
  const ends: (() => void)[] = [];
  const store = {
    transaction: async (work: (tx: never) => Promise<void>) => {
      await work(undefined as never);
      await new Promise<void>((end) => ends.push(end));
    },
    append: async (_: never, { entries }: { entries: string }) => {
      batches.push(fromLines(entries).length);
    },
  } as never as AuditStore;
  return { store, batches, end: () => ends.shift()!() };
}

/** What is going on goes on until it waits for the store. */
const pass = () => new Promise((resolve) => setImmediate(resolve));

function start() {
  const { store, batches, end } = slowStore();
  const audit = new Audit(store, new Clock(), silentLogger);
  const use = (times: number) => {
    for (let i = 0; i < times; i++) audit.use(undefined, { id: 'cred_1', platform: 'spotify' }, 'token_issued');
  };
  return { audit, use, batches, end };
}

it('writes uses as soon as they are a full batch', async () => {
  const { use, batches } = start();
  use(499);
  await pass();
  expect(batches).toEqual([]);
  use(1);
  await pass();
  expect(batches).toEqual([500]);
});

it('lets what comes while a batch is written wait until it is one too', async () => {
  const { use, batches, end } = start();
  use(500);
  await pass();
  use(499);
  end();
  await pass();
  expect(batches).toEqual([500]);
  use(1);
  await pass();
  expect(batches).toEqual([500, 500]);
});

it('writes everything when asked to, and what comes after that is not waited for', async () => {
  const { audit, use, batches, end } = start();
  use(510);
  await pass();
  const flushed = audit.flush();
  use(3);
  end();
  await pass();
  use(3);
  end();
  await flushed;
  expect(batches).toEqual([500, 13]);
});
