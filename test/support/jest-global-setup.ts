import { bringUpServices } from './bring-up/services';

declare global {
  var stopTestServices: (() => Promise<void>) | undefined;
}

/** Brings up what the tests need, unless whoever started jest already has. Runs once, and not for unit tests. */
export default async function setUp(): Promise<void> {
  if (process.env.TEST_DATABASE_URL && process.env.TEST_REDIS_URL) return;
  const services = await bringUpServices();
  Object.assign(process.env, services.env);
  globalThis.stopTestServices = services.stop;
}
