import Redis from 'ioredis';
import { TestEnvironment } from 'jest-environment-node';
import { dropTestDatabase } from './test-databases';

/** What the helpers of one test file took and this environment gives back. */
export interface FileResources {
  databases: string[];
  redisPrefixes: string[];
}

declare global {
  var fileResources: FileResources | undefined;
}

/**
 * Runs one test file and tidies up when all its hooks are through: jest calls `afterAll` hooks in the order of
 * their definition, so a helper's own hook would drop the database before the test has closed the application.
 */
export default class FileEnvironment extends TestEnvironment {
  private readonly resources: FileResources = { databases: [], redisPrefixes: [] };

  override async setup(): Promise<void> {
    await super.setup();
    this.global.fileResources = this.resources;
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    for (const url of this.resources.databases) await dropTestDatabase(url);
    await deleteRedisKeys(this.resources.redisPrefixes);
  }
}

async function deleteRedisKeys(prefixes: readonly string[]): Promise<void> {
  if (prefixes.length === 0) return;
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { lazyConnect: true });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    for (const prefix of prefixes) {
      const keys = await redis.keys(`${prefix}*`);
      if (keys.length > 0) await redis.del(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
