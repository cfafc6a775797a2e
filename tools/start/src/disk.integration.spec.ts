import { Problem } from '@musicgen/embedded';
import os from 'node:os';
import { explainedByDisk, saysDiskFull } from './disk';

test.each([
  ['ENOSPC: no space left on device, write', true],
  ['FATAL:  could not write to file "pg_wal/xlogtemp.31": No space left on device', true],
  ['JetStream resource limits exceeded: insufficient storage resources available', true],
  ['EDQUOT: disk quota exceeded', true],
  ['relation "space" does not exist', false],
])('knows a full disk by what programs say of it: %s', (text, isFull) => {
  expect(saysDiskFull(text)).toBe(isFull);
});

test('explains a failure by the full disk, and leaves any other as it is', async () => {
  const explained = await explainedByDisk(Object.assign(new Error('write'), { code: 'ENOSPC' }), [os.tmpdir()]);
  expect(explained).toBeInstanceOf(Problem);
  expect((explained as Problem).message).toMatch(
    new RegExp(
      `^The disk with ${os.tmpdir()} is full \\(\\d+ MB left\\): free some space, or choose a folder on another disk`,
    ),
  );
  const other = new Error('something else');
  expect(await explainedByDisk(other, [os.tmpdir()])).toBe(other);
});
