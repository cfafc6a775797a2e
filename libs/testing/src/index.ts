export { testDatabase, type TestDatabase } from './database';
export { testInfrastructure, type TestInfrastructure } from './infrastructure';
export { itMigrates } from './migrations';
export { silentLogger, startTestNats, testSecrets, type TestNats } from './nats';
export { makePrincipal } from './principal';
export { startProxy, type CuttableProxy } from './proxy';
export { startTestRpc } from './rpc';
export { freePort, mainOf, serviceEnvironment, spawnService, startService, type ServiceProcess } from './service';
export { until } from './until';
