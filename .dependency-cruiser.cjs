/*
 * Which feature may import which, always through its index.ts. Another edge is one more name in a line; it is a
 * question of design, so ask before adding one. Every feature may import platform.
 */
const MAY_IMPORT = {
  'api-client': [],
  users: [],
  grading: [],
  matching: ['integrations', 'grading'],
  integrations: ['grading'],
  'exchange-rates': ['matching'],
  auth: ['users'],
  health: ['auth'],
  playground: ['auth'],
  notifications: ['users', 'auth', 'integrations'],
  events: ['notifications', 'auth'],
  stream: ['notifications', 'auth'],
  listings: [
    'matching',
    'grading',
    'exchange-rates',
    'events',
    'notifications',
    'integrations',
    'auth',
    'health',
  ],
  polling: ['integrations', 'listings', 'exchange-rates'],
  'watch-rules': ['polling', 'integrations', 'events', 'matching', 'listings', 'exchange-rates', 'auth'],
  'watch-releases': ['polling', 'integrations', 'events', 'matching', 'listings', 'auth'],
  'discogs-account': ['grading', 'watch-releases', 'integrations', 'events', 'auth'],
  profile: ['users', 'auth', 'integrations', 'notifications', 'polling', 'watch-releases', 'watch-rules'],
  'dev-routes': ['integrations', 'listings', 'polling', 'auth'],
  'ebay-deletions': ['integrations', 'listings', 'auth'],
  'queue-dashboard': ['auth'],
  retention: ['events'],
  'provider-requests': ['integrations', 'auth'],
  search: ['integrations', 'listings', 'matching', 'exchange-rates', 'auth', 'watch-rules'],
};

const features = Object.keys(MAY_IMPORT);
const anyOf = (names) => `(?:${names.join('|')})`;
const SPECS = '\\.spec\\.ts$';

const featureRules = features.map((feature) => ({
  name: `imports-of-${feature}`,
  comment: `${feature} imports platform and ${MAY_IMPORT[feature].join(', ') || 'no other feature'}: the list at the top of .dependency-cruiser.cjs is the design, and an edge that is missing there is a question to ask.`,
  severity: 'error',
  from: { path: `^libs/${feature}/` },
  to: { path: `^libs/(?!${anyOf([feature, 'platform', ...MAY_IMPORT[feature]])}/)` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What needs each other is one thing, or the boundary between them is wrong.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libs-never-apps',
      comment: 'An app decides by what it imports; a feature does not know which process it runs in.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'platform-without-business',
      comment: 'Platform has no business words: it would drag every feature into each other.',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^libs/(?!platform/)' },
    },
    {
      name: 'no-unlisted-feature',
      comment: 'A new folder below libs gets its line in the list at the top of this file.',
      severity: 'error',
      from: { path: `^libs/(?!${anyOf([...features, 'platform'])}/)` },
      to: { path: '^(apps|libs)/' },
    },
    ...featureRules,
    {
      name: 'features-through-their-index',
      comment: 'index.ts is what a feature promises to others; everything else in it may change at any time.',
      severity: 'error',
      from: { path: '^(?:libs/([^/]+)|apps|migrations)/' },
      to: { path: '^libs/(?!platform/)[^/]+/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    {
      name: 'platform-through-its-indexes',
      comment: 'Each part of platform promises what its index.ts exports.',
      severity: 'error',
      from: { path: '^(?:libs/(?!platform/)|apps/|migrations/)' },
      to: { path: '^libs/platform/', pathNot: '^libs/platform/src/[^/]+/index\\.ts$' },
    },
    {
      name: 'express-at-the-border',
      comment: 'A service that knows the request can be used by nothing but a request.',
      severity: 'error',
      from: {
        path: '^(?:apps|libs)/',
        pathNot: ['\\.(?:controller|guard|filter|decorator|spec)\\.ts$', '^libs/platform/src/http/'],
      },
      to: { path: 'node_modules/(?:@types/)?express(?:-serve-static-core)?/' },
    },
    {
      name: 'bull-behind-the-queue-port',
      comment: 'The queue has a second adapter that runs in-process; who imports Bull does not work with it.',
      severity: 'error',
      from: { path: '^(?:apps|libs)/', pathNot: '^libs/platform/src/queue/' },
      to: { path: 'node_modules/(?:bull|@nestjs/bull(?:-shared)?)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Tests and benchmarks are not built and not shipped.',
      severity: 'error',
      from: { path: '^(?:apps|libs|migrations)/', pathNot: SPECS },
      to: { path: ['^(?:test|perf)/', SPECS] },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'They are missing where only production packages are installed.',
      severity: 'error',
      from: { path: '^(?:apps|libs|migrations)/', pathNot: SPECS },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that only others depend on may be gone after their next update.',
      severity: 'error',
      from: { path: '^(?:apps|libs|migrations)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that nothing answers fails at start.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types couple as well: without this an import that only names a type is not seen.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
