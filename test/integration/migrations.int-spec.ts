import { MIGRATIONS } from '../../migrations/all-migrations';
import { findSchemaDrift, migrate } from '../../migrations/migrate';
import { testServices } from '../support/services';
import { cloneTestDatabase } from '../support/test-databases';

describe('migrate', () => {
  it('runs each migration once, however many processes begin at the same time', async () => {
    const url = await cloneTestDatabase(testServices.databaseUrl, {
      name: 'waxwatch_test_template_empty',
      prepare: async () => await Promise.resolve(),
    });
    globalThis.fileResources?.databases.push(url);

    const ran = await Promise.all([migrate(url), migrate(url), migrate(url)]);

    expect(ran.map((names) => names.length).sort((a, b) => a - b)).toEqual([0, 0, MIGRATIONS.length]);
    expect(await findSchemaDrift(url)).toEqual([]);
    expect(await migrate(url)).toEqual([]);
  }, 60_000);
});
