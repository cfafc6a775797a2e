import { findNatsServer, findSoundBank, Problem, stablePorts, tryPort } from '@musicgen/embedded';
import { makeSecrets } from '@musicgen/service-kit';
import fs from 'node:fs';
import path from 'node:path';
import { banner } from './banner';
import type { StartConfig } from './config';
import { openDataDir } from './data-dir';
import { writeDemo } from './demo';
import { requireSpace, watchSpace } from './disk';
import { natsUnit, postgresUnit } from './infrastructure';
import { portNames, type Installation, type Plan } from './installation';
import { Logs } from './logs';
import { serviceUnit } from './service-process';
import { keepUp, type Kept, type Unit } from './supervisor';

export interface BringUp {
  config: StartConfig;
  plan: Plan;
  say(line: string): void;
  /** Something ended for good, or a disk is full. */
  fail(err: Error): void;
  /** Fires when everything is to stop. */
  signal: AbortSignal;
  /** What is up is put here, to be taken down in the reverse order. */
  down: (() => Promise<void>)[];
}

async function requireFreePort(port: number): Promise<void> {
  const answer = await tryPort(port);
  if (answer.free) return;
  throw new Problem(
    answer.why === 'EACCES'
      ? `Port ${port} is reserved for the administrator: choose another, for example PORT=8080 npm start.`
      : `Port ${port} is taken by another program: choose another, for example PORT=${port === 65_535 ? 3000 : port + 1} npm start.`,
  );
}

function watchDisks({ config, down, fail }: BringUp): void {
  const postgres = fs.realpathSync(path.join(config.dataDir, 'postgres'));
  const end = watchSpace([config.dataDir, postgres], fail);
  down.push(async () => end());
}

/** From nothing to a platform that is up, step by step; settles when it has said where everything is. */
export async function bringUp(options: BringUp): Promise<void> {
  const { config, plan, say, fail, signal, down } = options;
  const { dataDir, port } = config;
  const keep = (unit: Unit): Kept => {
    const kept = keepUp(unit, { say, giveUp: fail });
    down.push(() => kept.stop());
    return kept;
  };

  await openDataDir(dataDir);
  await requireFreePort(port);
  await requireSpace(dataDir, !fs.existsSync(path.join(dataDir, 'postgres')));
  const ports = await stablePorts(path.join(dataDir, 'ports.json'), portNames, [port]);
  const secrets = await makeSecrets(path.join(dataDir, 'secrets'));
  const logs = new Logs({ folder: path.join(dataDir, 'logs'), terminal: process.stdout, onError: fail });
  down.push(() => logs.close());

  say('Starting Postgres and NATS.');
  const cacheDir = path.join(config.root, '.cache');
  const soundBankFound = findSoundBank({ file: config.soundBank, cacheDir });
  const postgres = keep(postgresUnit({ dataDir, port: ports.postgres, secrets, logs }));
  const natsServer = await findNatsServer({ binary: config.natsServer, cacheDir });
  signal.throwIfAborted();
  const nats = keep(natsUnit({ dataDir, port: ports.nats, secrets, logs }, natsServer));
  const [soundBank] = await Promise.all([soundBankFound, postgres.ready, nats.ready]);
  if (soundBank.path === null) say(`Music is made with the small sound bank: ${soundBank.reason}.`);
  watchDisks(options);

  const installation: Installation = {
    config,
    baseUrl: `http://127.0.0.1:${port}`,
    ports,
    secrets,
    soundBank,
    postgresUrl: `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/postgres`,
    natsUrl: `nats://127.0.0.1:${ports.nats}`,
  };
  await plan.provision(installation, signal);
  signal.throwIfAborted();

  say('Starting the services.');
  const services = plan
    .services(installation)
    .map((service) => keepUp(serviceUnit(service, logs), { say, giveUp: fail }));
  down.push(async () => void (await Promise.all(services.map((service) => service.stop()))));
  await Promise.all(services.map((service) => service.ready));
  const demo = await plan.demo(installation, signal);
  await writeDemo(dataDir, demo);
  say(banner(demo, dataDir));
}
