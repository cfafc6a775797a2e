import {
  findNatsServer,
  findRunning,
  freePorts,
  removePostgresFiles,
  startNats,
  startPostgres,
} from '@musicgen/embedded';
import { serviceApps, type ServiceName } from '@musicgen/platform-contracts';
import {
  connectNats,
  createLogger,
  makeSecrets,
  NatsLink,
  natsConf,
  natsEnvironment,
  provisionNats,
  provisionPostgres,
  roleUrl,
  RpcClient,
  type Secrets,
} from '@musicgen/service-kit';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { sandboxAt, type Sandbox } from './sandbox';
import { programUnit, serverUnit, type Program, type Unit } from './unit';

const database = 'chaos';
const built = ['apps/credential-vault', 'apps/musicgen-api', 'tools/platform-sandbox'];

/** A Postgres and a nats-server of one scenario's own, and the services that run against them. */
export class World {
  readonly postgres: Unit;
  readonly nats: Unit;
  private readonly units: Unit[] = [];
  private readonly links: NatsLink[] = [];
  private readonly pool: Pool;

  private constructor(
    readonly folder: string,
    private readonly builtIn: string,
    readonly secrets: Secrets,
    private readonly ports: { postgres: number; nats: number },
    natsBinary: string,
  ) {
    const config = path.join(folder, 'nats.conf');
    const password = secrets.postgresPassword;
    this.postgres = serverUnit(
      'Postgres',
      () => startPostgres({ dataDir: folder, port: ports.postgres, password, durable: false }),
      async () => Number((await fs.readFile(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]),
    );
    this.nats = serverUnit(
      'nats-server',
      () => startNats({ binary: natsBinary, config, port: ports.nats, env: natsEnvironment(secrets) }),
      async () => (await findRunning('nats-server', config))[0]!.pid,
    );
    this.pool = new Pool({ connectionString: roleUrl(this.adminUrl, database, 'postgres', password), max: 2 });
    // Postgres is killed under it: the next question gets a new connection.
    this.pool.on('error', () => undefined);
  }

  /** Starts the servers and makes roles, schemas and streams. What is started later runs what was built by now. */
  static async start(root: string): Promise<World> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-chaos-'));
    // Beside node_modules, where the services find their libraries.
    const builtIn = path.join(root, 'tmp', path.basename(folder));
    for (const project of built) {
      await fs.cp(path.join(root, 'dist', project), path.join(builtIn, 'dist', project), { recursive: true });
    }
    await fs.mkdir(path.join(folder, 'logs'));
    const secrets = await makeSecrets(path.join(folder, 'secrets'));
    const [postgres, nats] = (await freePorts(2)) as [number, number];
    const storeDir = path.join(folder, 'jetstream');
    await fs.writeFile(path.join(folder, 'nats.conf'), natsConf({ host: '127.0.0.1', port: nats, storeDir }));
    const binary = await findNatsServer({ cacheDir: path.join(root, '.cache') });
    const world = new World(folder, builtIn, secrets, { postgres, nats }, binary);
    try {
      await Promise.all([world.postgres.start(), world.nats.start()]);
      await provisionNats({ url: world.natsUrl, adminSeed: secrets.admin.nkeySeed });
      await provisionPostgres(world.adminUrl, database, secrets);
    } catch (error) {
      await world.close({ keepsFiles: false });
      throw error;
    }
    return world;
  }

  /** Makes the tables of a service. */
  async migrate(service: ServiceName): Promise<void> {
    const { databaseOwnerPassword } = this.secrets.services[service];
    const env = { DATABASE_URL: roleUrl(this.adminUrl, database, `${service}_owner`, databaseOwnerPassword) };
    await promisify(execFile)(process.execPath, [this.mainOf(service), 'migrate'], {
      env: { PATH: process.env.PATH, ...env },
    });
  }

  /** A replica of a service, started. */
  async service(
    service: ServiceName,
    { name, env = {}, flags = [] }: { name: string; env?: Record<string, string>; flags?: string[] },
  ): Promise<Program> {
    const { databasePassword, nkeySeed } = this.secrets.services[service];
    const [healthPort] = (await freePorts(1)) as [number];
    const program = programUnit({
      name,
      main: this.mainOf(service),
      flags,
      env: {
        NATS_URL: this.natsUrl,
        NATS_NKEY_SEED: nkeySeed,
        DATABASE_URL: roleUrl(this.adminUrl, database, service, databasePassword),
        HEALTH_PORT: String(healthPort),
        ...env,
      },
      healthPort,
      logDir: path.join(this.folder, 'logs'),
    });
    this.units.push(program);
    await program.start();
    return program;
  }

  /** The platforms' stand-in, in an empty world. */
  async sandbox(): Promise<Sandbox> {
    const main = path.join(this.builtIn, 'dist/tools/platform-sandbox/tools/platform-sandbox/src/main.js');
    const [port] = (await freePorts(1)) as [number];
    const env = { PORT: String(port), LOG_LEVEL: 'error' };
    const logDir = path.join(this.folder, 'logs');
    const program = programUnit({ name: 'platform-sandbox', main, env, healthPort: port, logDir });
    this.units.push(program);
    await program.start();
    return sandboxAt(`http://127.0.0.1:${port}`);
  }

  /** A connection with just the permissions of that service. */
  async link(service: ServiceName | 'admin'): Promise<NatsLink> {
    const { nkeySeed } = service === 'admin' ? this.secrets.admin : this.secrets.services[service];
    const link = new NatsLink(connectNats({ service, url: this.natsUrl, nkeySeed }), createLogger('chaos', 'silent'));
    this.links.push(link);
    await link.connected;
    return link;
  }

  /** Asks other services as that one does. */
  async client(service: ServiceName): Promise<RpcClient> {
    return new RpcClient(await this.link(service), service);
  }

  /** The database's answer, to the superuser. Tables are named with their schema. */
  async ask<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, parameters)).rows;
  }

  /** Ends everything. Files are kept where something is to be looked up in them. */
  async close({ keepsFiles }: { keepsFiles: boolean }): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
    await Promise.all(this.units.map((unit) => unit.kill()));
    await this.pool.end();
    await Promise.all([this.postgres.stop(), this.nats.stop()]);
    await fs.rm(this.builtIn, { recursive: true, force: true });
    if (keepsFiles) return;
    await removePostgresFiles(this.folder);
    await fs.rm(this.folder, { recursive: true, force: true });
  }

  private get adminUrl(): string {
    const password = encodeURIComponent(this.secrets.postgresPassword);
    return `postgres://postgres:${password}@127.0.0.1:${this.ports.postgres}/postgres`;
  }

  private get natsUrl(): string {
    return `nats://127.0.0.1:${this.ports.nats}`;
  }

  private mainOf(service: ServiceName): string {
    const app = serviceApps[service];
    return path.join(this.builtIn, 'dist/apps', app, 'apps', app, 'src/main.js');
  }
}
