/** The servers of this run of tests, started by tools/test before the first file. */
export interface TestInfrastructure {
  folder: string;
  postgresUrl: string;
  natsUrl: string;
  natsBinary: string;
}

/** Throws where no servers were started: run tests with `npm test`, or with jest and this repository's configuration. */
export function testInfrastructure(): TestInfrastructure {
  const text = process.env.MUSICGEN_TEST;
  if (!text) throw new Error('MUSICGEN_TEST is not set: tests run with the configuration of jest.config.cjs');
  return JSON.parse(text) as TestInfrastructure;
}
