import { Problem } from '@musicgen/embedded';
import { bringUp } from './bring-up';
import { readConfig } from './config';
import { makeDemo } from './demo';
import { explainedByDisk } from './disk';
import type { Plan } from './installation';
import { provision, serviceProcesses } from './services';
import { stopRequested } from './stop-requests';

const platform: Plan = { provision, services: serviceProcesses, demo: makeDemo };

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Brings the platform up, keeps it up until asked to stop or beyond help, takes it down, and returns the exit status. */
export async function start(root: string, plan: Plan = platform): Promise<number> {
  // The reader of our output may end before us (`npm start | head`): that is no reason to leave servers behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const down: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  let dataDir = root;
  let status = 0;
  try {
    const config = readConfig(root);
    dataDir = config.dataDir;
    await new Promise<void>((resolve, reject) => {
      void stopRequested(config).then(resolve);
      bringUp({ config, plan, say, fail: reject, signal: stopping.signal, down }).catch(reject);
    });
    say('Stopping.');
  } catch (err) {
    status = 1;
    const reason = await explainedByDisk(err, [dataDir, '/var/tmp']);
    process.stderr.write(`\n${reason instanceof Problem ? reason.message : (reason as Error).stack}\n`);
  }
  stopping.abort();
  for (const takeDown of down.reverse()) await takeDown();
  if (status === 0) say('Stopped.');
  return status;
}
