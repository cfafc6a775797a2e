export { Closer, opening } from './closer';
export { testDatabase, type TestDatabase } from './database';
export { testInfrastructure, type TestInfrastructure } from './infrastructure';
export { itMigrates } from './migrations';
export { silentLogger, startTestNats, testSecrets, type TestNats } from './nats';
export { freePort } from './port';
export { makePrincipal } from './principal';
export { startProxy, type CuttableProxy } from './proxy';
export { itDocuments } from './readme';
export { startTestRpc } from './rpc';
export { startTestS3, type TestS3 } from './s3';
export { startTestSandbox, type TestSandbox } from './sandbox';
export {
  mainOf,
  migratedDatabase,
  root,
  serviceEnvironment,
  spawnService,
  startService,
  type ServiceProcess,
} from './service';
export { until } from './until';
