import fs from 'node:fs/promises';
import { startGateway } from './gateway';

/** Processes that this one has started. */
async function children(): Promise<string[]> {
  const threads = await fs.readdir('/proc/self/task');
  // A thread may end while it is asked.
  const pids = await Promise.all(
    threads.map((id) => fs.readFile(`/proc/self/task/${id}/children`, 'utf8').catch(() => '')),
  );
  return pids.join(' ').split(' ').filter(Boolean).sort();
}

it('ends what was started for it when it does not start itself: a run of tests would wait for it', async () => {
  const before = await children();
  await expect(startGateway({ PORT: 'none' })).rejects.toThrow('PORT');
  expect(await children()).toEqual(before);
});
