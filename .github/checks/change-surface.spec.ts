import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findOmissions } from './change-surface';

const SCHEMA = 'libs/platform/src/config/env.schema.ts';
const CONTROLLER = 'libs/users/src/users.controller.ts';
const CLIENT = 'libs/api-client/src/schema.generated.ts';
const CI = '.github/workflows/ci.yml';

/** A repository in small, as it is before a change. */
const BEFORE = {
  [SCHEMA]: 'export const envSchema = z.object({\n  PORT: int(8000),\n});\n',
  '.env.sample': 'PORT=8000\n',
  'deploy/compose.environment.yml': 'PORT:\n',
  Makefile: '.PHONY: check\ncheck: ## Check\n',
  [CI]: '- run: make ci-static-checks\n',
  'CONTRIBUTING.md': '`make check`; tests are unit tests\n',
  'CHANGELOG.md': '# Changelog\n',
  'docs/DEPLOYMENT.md': '# Deployment\n',
  'package.json': '{"scripts": {"lint": "eslint"}}',
  'jest.config.cjs': "module.exports = { projects: [{ displayName: 'unit' }] };\n",
  'test/run.ts': "run(['unit']);\n",
  'docs/openapi.json': '{}',
  [CLIENT]: 'export interface paths {}\n',
  [CONTROLLER]: "@Controller('api/users')\nexport class UsersController {\n  @Get()\n  list() {}\n}\n",
} as const;
type Files = Partial<Record<keyof typeof BEFORE, string>> & Record<string, string>;

describe('findOmissions', () => {
  let root: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const commit = (files: Files): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Change');
  };
  const omissionsOf = (files: Files): string[] => {
    commit(files);
    return findOmissions(root, 'main');
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'waxwatch-change-'));
    git('init', '--quiet', '--initial-branch=main');
    commit(BEFORE);
    git('checkout', '--quiet', '-b', 'change');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('has nothing against a change that adds nothing', () => {
    expect(omissionsOf({ 'README.md': '# Read me\n' })).toEqual([]);
  });

  it('leaves alone what the base got meanwhile', () => {
    git('checkout', '--quiet', 'main');
    commit({ [SCHEMA]: `${BEFORE[SCHEMA]}  HOST: text(),\n` });
    git('checkout', '--quiet', 'change');

    expect(omissionsOf({ 'README.md': '# Read me\n' })).toEqual([]);
  });

  it('cannot compare with what is not there', () => {
    expect(() => findOmissions(root, 'nothing')).toThrow();
  });

  describe('of a new variable', () => {
    const schema = {
      [SCHEMA]: 'export const envSchema = z.object({\n  PORT: int(8000),\n  HOST: text(),\n});\n',
    };
    const told = {
      ...schema,
      '.env.sample': 'PORT=8000\nHOST=\n',
      'deploy/compose.environment.yml': 'PORT:\nHOST:\n',
      'CHANGELOG.md': '- `HOST`\n',
      'docs/DEPLOYMENT.md': '`HOST`\n',
    };

    it('are none when it stands everywhere', () => {
      expect(omissionsOf(told)).toEqual([]);
    });

    it('are every place that says nothing of it', () => {
      expect(omissionsOf(schema)).toEqual([
        '.env.sample says nothing of the new variables HOST',
        'deploy/compose.environment.yml says nothing of the new variables HOST',
        'CHANGELOG.md says nothing of the new variables HOST',
        'no page of docs/ says anything of the new variables HOST',
      ]);
    });

    it('do not come from a variable with another default', () => {
      expect(omissionsOf({ [SCHEMA]: BEFORE[SCHEMA].replace('8000', '9000') })).toEqual([]);
    });
  });

  describe('of a new make target', () => {
    const makefile = { Makefile: `${BEFORE.Makefile}.PHONY: ci-smoke\nci-smoke: ## Smoke\n` };
    const told = {
      ...makefile,
      [CI]: '- run: make ci-static-checks\n- run: make ci-smoke\n',
      'CONTRIBUTING.md': `${BEFORE['CONTRIBUTING.md']}\`make ci-smoke\`\n`,
      'CHANGELOG.md': '- `make ci-smoke`\n',
    };

    it('are none when it stands everywhere', () => {
      expect(omissionsOf(told)).toEqual([]);
    });

    it('are every place that says nothing of it', () => {
      expect(omissionsOf(makefile)).toEqual([
        'neither CONTRIBUTING.md nor docs/ names make ci-smoke',
        `${CI} does not run make ci-smoke`,
        'CHANGELOG.md says nothing of make ci-smoke',
      ]);
    });

    it('count its line of help', () => {
      const silent = `${BEFORE.Makefile}.PHONY: ci-smoke\nci-smoke:\n`;

      expect(omissionsOf({ ...told, Makefile: silent })).toEqual([
        'Makefile has no line of help for ci-smoke',
      ]);
    });
  });

  describe('of a new command', () => {
    const script = { 'package.json': '{"scripts": {"lint": "eslint", "check:links": "tsx links.ts"}}' };

    it('are none when make runs it', () => {
      expect(omissionsOf({ ...script, Makefile: `${BEFORE.Makefile}\tnpm run check:links\n` })).toEqual([]);
    });

    it('say that nobody runs it', () => {
      expect(omissionsOf(script)).toEqual([
        `neither Makefile, ${CI} nor CONTRIBUTING.md runs npm run check:links`,
      ]);
    });
  });

  describe('of a new kind of tests', () => {
    const config = { 'jest.config.cjs': `${BEFORE['jest.config.cjs']}// { displayName: 'smoke' }\n` };

    it('are none when it is run and explained', () => {
      const told = {
        'test/run.ts': "run(['unit', 'smoke']);\n",
        'CONTRIBUTING.md': '`make check`; unit, smoke\n',
      };

      expect(omissionsOf({ ...config, ...told })).toEqual([]);
    });

    it('say that it is neither', () => {
      expect(omissionsOf(config)).toEqual([
        'test/run.ts does not run the tests of the kind smoke',
        'CONTRIBUTING.md does not explain tests of the kind smoke',
      ]);
    });
  });

  describe('of a new route', () => {
    const controller = { [CONTROLLER]: `${BEFORE[CONTROLLER]}  @Post('invite')\n  invite() {}\n` };
    const told = {
      ...controller,
      'docs/openapi.json': '{"paths": {}}',
      [CLIENT]: 'export interface paths { invite: never }\n',
      'CHANGELOG.md': '- Invitations\n',
    };

    it('are none when document, client and changelog go with it', () => {
      expect(omissionsOf(told)).toEqual([]);
    });

    it('say that the document is the same', () => {
      expect(omissionsOf(controller)).toEqual([
        `${CONTROLLER} has other routes, and docs/openapi.json is the same`,
      ]);
    });

    it('say that the document changed alone', () => {
      expect(omissionsOf({ 'docs/openapi.json': '{"paths": {}}' })).toEqual([
        'CHANGELOG.md says nothing of what has changed in docs/openapi.json',
        `${CLIENT} was not written anew with docs/openapi.json`,
      ]);
    });

    it('do not count a controller that the document leaves out, or a change inside a handler', () => {
      const hidden = `@ApiExcludeController()\n${controller[CONTROLLER]}`;

      expect(omissionsOf({ 'libs/health/src/health.controller.ts': hidden })).toEqual([]);
      expect(
        omissionsOf({ [CONTROLLER]: BEFORE[CONTROLLER].replace('list() {}', 'list() { return 1; }') }),
      ).toEqual([]);
    });
  });
});
