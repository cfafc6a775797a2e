import { CONFIG, Health, JobQueue } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { workDirOf, type Config } from '../config';
import { GenerationJob } from './generation-job';
import { RenderPool } from './render-pool';
import { prepareWorkDir } from './work-folders';

/** What is being rendered has this long to end when the service stops; the rest starts anew elsewhere. */
const graceMs = 12_000;

/** Renders what is in the queue, if this process is one that does. */
@Injectable()
export class Worker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly queue: JobQueue,
    private readonly job: GenerationJob,
    private readonly pool: RenderPool,
    private readonly health: Health,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { role, renderProcesses } = this.config;
    if (role === 'api') return;
    await prepareWorkDir(workDirOf(this.config));
    this.health.add('render_processes', () => this.pool.isReady);
    this.pool.start();
    this.queue.work(this.job, renderProcesses);
  }

  /** Not earlier: by now nobody takes the service for ready any more. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.stop(graceMs);
    await this.pool.stop();
  }
}
