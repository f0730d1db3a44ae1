/** The services that the test run brought up; see `test/support/bring-up`. */
export const testServices = {
  get databaseUrl(): string {
    return required('TEST_DATABASE_URL');
  },
  get redisUrl(): string {
    return required('TEST_REDIS_URL');
  },
};

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: this test belongs into test/integration, test/e2e or test/browser.`);
}
