// Nest 12 and a few others ship ES modules only; jest runs CommonJS, so they are transformed as well.
const esmPackages = [
  '@nestjs',
  'jose',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@borewit',
  '@tokenizer',
  'nestjs-pino',
  '@opentelemetry/otlp-exporter-base', // imports node:http when it needs it
];

const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Sentry and OpenTelemetry keep themselves in global objects, which jest would take apart again and again.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest'] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  moduleNameMapper: {
    '^@waxwatch/platform/(.*)$': '<rootDir>/libs/platform/src/$1/index.ts',
    '^@waxwatch/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/.cache/'],
};

// PostgreSQL and Redis are up before these; each file may take a database and a key prefix of its own.
const withServices = {
  ...common,
  testEnvironment: '<rootDir>/test/support/jest-file-environment.ts',
  globalSetup: '<rootDir>/test/support/jest-global-setup.ts',
  globalTeardown: '<rootDir>/test/support/jest-global-teardown.ts',
};

module.exports = {
  maxWorkers: 2,
  // Real servers on a busy machine: a deadline is for what hangs, not for what is slow. Jest reads it here only.
  testTimeout: 60_000,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,.github,perf,test}/**/*.spec.ts'] },
    {
      ...withServices,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.int-spec.ts'],
    },
    { ...withServices, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
    {
      ...withServices,
      displayName: 'queue-smoke',
      testMatch: ['<rootDir>/test/queue-smoke/**/*.smoke-spec.ts'],
    },
    {
      ...withServices,
      displayName: 'browser',
      globalSetup: '<rootDir>/test/support/jest-browser-setup.ts',
      testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'],
    },
  ],
  // The e2e tests run the apps in processes of their own, whose lines nobody counts: they stand here as uncovered.
  collectCoverageFrom: ['apps/**/*.ts', 'libs/**/*.ts', '!**/*.spec.ts', '!**/main.ts'],
  coverageReporters: ['text-summary', 'json-summary', 'lcov'],
  coverageThreshold: { global: { lines: 90, statements: 90, functions: 88, branches: 80 } },
};
