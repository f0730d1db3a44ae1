import { randomBytes } from 'node:crypto';
import { testServices } from './services';

export interface TestRedis {
  readonly url: string;
  /** Every key of this test file starts with it (`QUEUE_PREFIX` and the like). */
  readonly prefix: string;
}

/** The shared Redis and a key prefix of this test file's own; the keys are deleted when the file is through. */
export function useTestRedis(): TestRedis {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  beforeAll(() => {
    const resources = globalThis.fileResources;
    if (!resources)
      throw new Error('useTestRedis works in test/integration, test/e2e and test/browser only.');
    resources.redisPrefixes.push(prefix);
  });
  return {
    prefix,
    get url() {
      return testServices.redisUrl;
    },
  };
}
