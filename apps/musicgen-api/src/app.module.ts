import { generationJobChanged } from '@musicgen/platform-contracts';
import { CONFIG, JobQueue, LiveEvents, LOGGER, Outbox, Storage, storageOf, type Logger } from '@musicgen/service-kit';
import { Module, type Provider } from '@nestjs/common';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { AccountErasure } from './account/account-erasure.service';
import { AccountStore } from './account/account.store';
import { ArtefactFiles } from './artefacts/artefact-files';
import { ArtefactsRpcController } from './artefacts/artefacts.rpc.controller';
import { ArtefactsService } from './artefacts/artefacts.service';
import { ArtefactsStore } from './artefacts/artefacts.store';
import { FormatsOnDemand } from './artefacts/formats-on-demand';
import { answersCalls, type Config } from './config';
import { DeadJobsRpcController } from './dead-jobs/dead-jobs.rpc.controller';
import { DeadJobsService } from './dead-jobs/dead-jobs.service';
import { engines } from './engines/registry';
import { GenerationAdmission } from './generations/generation-admission';
import { GenerationAdvances } from './generations/generation-advances';
import { GenerationAnnouncements } from './generations/generation-announcements';
import { GenerationCancellations } from './generations/generation-cancellations';
import { GenerationEndings } from './generations/generation-endings';
import { GenerationEventsStore } from './generations/generation-events.store';
import { GenerationIntake } from './generations/generation-intake';
import { GenerationsRpcController } from './generations/generations.rpc.controller';
import { GenerationsService } from './generations/generations.service';
import { GenerationsStore } from './generations/generations.store';
import { RightsRevocations } from './generations/rights-revocations';
import { ModelsRpcController } from './models/models.rpc.controller';
import { ModelsService } from './models/models.service';
import { OldPreviews } from './previews/old-previews';
import { Origins } from './origins/origins.service';
import { PreviewsService } from './previews/previews.service';
import { Provenances } from './provenance/provenances';
import { Sidecars } from './provenance/sidecars';
import { GenerationCountsStore } from './quota/generation-counts.store';
import { QuotaStore } from './quota/quota.store';
import { UsageRpcController } from './quota/usage.rpc.controller';
import { UsageService } from './quota/usage.service';
import { Repeats } from './repeats/repeats.service';
import { Orphans } from './retention/orphans';
import { Retention } from './retention/retention.service';
import { RetentionStore } from './retention/retention.store';
import { GenerationJob } from './rendering/generation-job';
import { RenderPool } from './rendering/render-pool';
import { Transcoder } from './rendering/transcoder';
import { Worker } from './rendering/worker';

const queue: Provider = {
  provide: JobQueue,
  useFactory: (dataSource: DataSource, outbox: Outbox, live: LiveEvents, logger: Logger, { queueMax }: Config) =>
    new JobQueue(dataSource, outbox, live, logger, {
      kind: 'generation',
      queuedMax: queueMax,
      changed: generationJobChanged,
    }),
  inject: [DataSource, Outbox, LiveEvents, LOGGER, CONFIG],
};

const pool: Provider = {
  provide: RenderPool,
  useFactory: ({ role, renderProcesses, soundBank, transformersDir, musicgenModelsDir }: Config, logger: Logger) =>
    new RenderPool({
      entry: path.join(__dirname, 'rendering/render-process.js'),
      settings: { soundBank, transformersDir, modelsDir: musicgenModelsDir },
      size: role === 'api' ? 0 : renderProcesses,
      logger,
    }),
  inject: [CONFIG, LOGGER],
};

@Module({
  controllers: answersCalls
    ? [GenerationsRpcController, ArtefactsRpcController, ModelsRpcController, DeadJobsRpcController, UsageRpcController]
    : [],
  providers: [
    queue,
    pool,
    { provide: Storage, useFactory: (config: Config) => storageOf(config), inject: [CONFIG] },
    {
      provide: ModelsService,
      useFactory: (source: RenderPool) => new ModelsService(source, engines),
      inject: [RenderPool],
    },
    { provide: Transcoder, useFactory: () => new Transcoder() },
    AccountErasure,
    AccountStore,
    ArtefactFiles,
    ArtefactsService,
    ArtefactsStore,
    DeadJobsService,
    FormatsOnDemand,
    GenerationAdmission,
    GenerationAdvances,
    GenerationAnnouncements,
    GenerationCancellations,
    GenerationEndings,
    GenerationEventsStore,
    GenerationIntake,
    GenerationJob,
    GenerationsService,
    GenerationsStore,
    OldPreviews,
    PreviewsService,
    Provenances,
    Sidecars,
    ...[Orphans, Retention, RetentionStore],
    ...[Origins, Repeats],
    GenerationCountsStore,
    QuotaStore,
    RightsRevocations,
    UsageService,
    Worker,
  ],
})
export class AppModule {}
