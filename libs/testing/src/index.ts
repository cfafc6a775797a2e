export { testDatabase, type TestDatabase } from './database';
export { testInfrastructure, type TestInfrastructure } from './infrastructure';
export { itMigrates } from './migrations';
export { silentLogger, testNats, testSecrets } from './nats';
export { makePrincipal } from './principal';
export { until } from './until';
