import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testServices } from './services';
import { cloneTestDatabase } from './test-databases';

const MIGRATIONS = resolve(__dirname, '../../migrations');
const CLONE_TIMEOUT_MS = 60_000;

export interface TestDatabase {
  /** Usable from `beforeAll` on. */
  readonly url: string;
}

/**
 * A migrated database of this test file's own. It is dropped when the file is through, and the file fails when it
 * has left connections open.
 */
export function useTestDatabase(): TestDatabase {
  let url: string | undefined;
  beforeAll(async () => {
    const resources = globalThis.fileResources;
    if (!resources)
      throw new Error('useTestDatabase works in test/integration, test/e2e and test/browser only.');
    url = await cloneTestDatabase(testServices.databaseUrl, {
      name: templateName(),
      prepare: migrateTemplate,
    });
    resources.databases.push(url);
  }, CLONE_TIMEOUT_MS);
  return {
    get url() {
      if (url === undefined) throw new Error('The test database exists from beforeAll on.');
      return url;
    },
  };
}

/** Changed migrations make another template, which matters on a server that outlives the test run. */
function templateName(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, file)));
  return `waxwatch_test_template_${hash.digest('hex').slice(0, 12)}`;
}

async function migrateTemplate(url: string): Promise<void> {
  // Here and not above: it loads every entity, which the other files of the run need not wait for.
  const { migrate } = await import('../../migrations/migrate.js');
  await migrate(url);
}
