import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Logs } from './logs';

const line = JSON.stringify({ level: 'info', time: '2026-11-20T10:00:00.000Z', service: 'vault', msg: 'started' });

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** What is shown for the lines, after everything is written. */
async function log(name: string, lines: readonly string[], isTTY = false): Promise<string> {
  const terminal = Object.assign(new PassThrough(), { isTTY });
  const logs = new Logs({ folder, terminal, onError: (err) => expect(err).toBeUndefined() });
  for (const line of lines) logs.line(name, line);
  await logs.close();
  return String(terminal.read());
}

test('shows a line with the name of its service, in colour only on a terminal', async () => {
  expect(await log('credential-vault', [line])).toMatch(/^credential-vault {3}\[[\d:.]+\] INFO: started\n$/);
  expect(await log('credential-vault', [line], true)).toContain('\u001b[36mcredential-vault');
});

test('shows a line that is no JSON as it is', async () => {
  expect(await log('vault', ['{ oops', 'DATABASE_URL is not set.'])).toBe(
    'vault              { oops\nvault              DATABASE_URL is not set.\n',
  );
});

test('keeps every line as it came in the file of the service, and the file of the start before', async () => {
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  await log('vault', [line, 'more']);
  expect(read('vault.log')).toBe(`${line}\nmore\n`);
  await log('vault', ['later']);
  expect(read('vault.log')).toBe('later\n');
  expect(read('vault.1.log')).toBe(`${line}\nmore\n`);
});
