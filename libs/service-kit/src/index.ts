export { createUserDeletions, UserDeletions, type EraseUser } from './accounts/user-deletions';
export { badConfigStatus, bootstrapService } from './bootstrap';
export { ConfigError, configTable, parseConfig, variableName } from './config/config';
export { flag, keyRing, serviceConfig } from './config/service-config';
export * from './crypto/key-ring';
export { createEventTables, EventConsumer } from './events/event-consumer';
export { LiveEvents } from './events/live-events';
export { createOutbox, Outbox } from './events/outbox';
export { Health } from './health/health';
export { newId } from './ids';
export { usualDelaysMs, type Commit, type Job, type JobHandler, type JobOutcome, type Settling } from './jobs/job';
export { deadJobView } from './jobs/dead-job';
export { JobQueue } from './jobs/job-queue';
export { createJobs, type DeadJob } from './jobs/job.store';
export { Pump } from './jobs/pump';
export { KitModule } from './kit.module';
export { createLogger, NestLogger, type Logger } from './logging/logger';
export { plainLines, type PlainLines } from './logging/plain-lines';
export { redactText } from './logging/redact';
export { httpSeconds, metrics } from './metrics/metrics';
export { connectNats, inboxPrefix } from './nats/connection';
export { NatsLink } from './nats/nats-link';
export { DatabaseLink } from './persistence/database-link';
export { insertNew } from './persistence/insert-new';
export { ownerOf, type Owner } from './persistence/owner';
export { pageRows } from './persistence/page-rows';
export { dataSourceOptions, migrate, withDatabase, type ServiceDatabase } from './persistence/service-database';
export { natsConf, natsEnvironment } from './provision/nats-permissions';
export { provision } from './provision/provision';
export { provisionNats } from './provision/provision-nats';
export { provisionPostgres, roleUrl } from './provision/provision-postgres';
export { makeSecrets, type Secrets } from './provision/secrets';
export { asAppError } from './rpc/as-app-error';
export {
  callFields,
  isRequestId,
  isTraceparent,
  newCall,
  newTraceparent,
  requireAdmin,
  requirePermission,
  type Call,
} from './rpc/call';
export { RpcClient } from './rpc/rpc-client';
export { problemOf } from './rpc/problems';
export { connectRpc } from './rpc/rpc-server';
export { PlatformRpcs, Rpc, validationFailed } from './rpc/rpc.decorator';
export { Storage } from './storage/storage';
export { storageConfig, storageOf } from './storage/storage-config';
export { CONFIG, LOGGER } from './tokens';
export { Upstream, type Target, type UpstreamAnswer } from './upstream/upstream';
export { version } from './version';
