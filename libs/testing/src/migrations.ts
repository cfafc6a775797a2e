import { dataSourceOptions, type ServiceDatabase } from '@musicgen/service-kit';
import { DataSource } from 'typeorm';
import { testDatabase } from './database';

/** What a service's migrations must hold: entities and tables agree word for word, and the last step can be undone and redone. */
export function itMigrates(database: ServiceDatabase): void {
  it('makes exactly the tables that the entities describe, and can undo and redo the last step', async () => {
    const test = await testDatabase(database);
    const owner = await new DataSource(dataSourceOptions(database, test.ownerUrl, 2)).initialize();
    try {
      expect(await drift(owner)).toEqual([]);
      await owner.undoLastMigration();
      await owner.runMigrations();
      expect(await drift(owner)).toEqual([]);
    } finally {
      await owner.destroy();
      await test.drop();
    }
  });
}

async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map((query) => query.query);
}
