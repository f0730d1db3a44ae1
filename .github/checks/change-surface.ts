import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { z } from 'zod';
import { reportAndExit } from './report';

const SCHEMA = 'libs/platform/src/config/env.schema.ts';
const CI = '.github/workflows/ci.yml';
const CONTRIBUTING = 'CONTRIBUTING.md';
const CHANGELOG = 'CHANGELOG.md';
const OPENAPI = 'docs/openapi.json';
const CLIENT = 'libs/api-client/src/schema.generated.ts';

/** What lies between two commits of a repository. */
interface Change {
  /** Paths that differ. */
  files: readonly string[];
  /** A file as it was and as it is; blank where there is none. */
  before: (path: string) => string;
  after: (path: string) => string;
}

/**
 * What a change adds and does not tell of in the places where people look for it.
 * @param root a git repository
 * @param base the commit that the change is to be merged into
 * @returns one line per omission
 * @throws Error when there is no such commit
 */
export function findOmissions(root: string, base: string): string[] {
  const change = changeSince(root, base);
  return [
    ...environmentVariables(change),
    ...makeTargets(change),
    ...commands(change),
    ...jestProjects(change),
    ...contract(change),
  ];
}

function changeSince(root: string, base: string): Change {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e9,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  // Commits that the base got meanwhile are none of this change.
  const from = git('merge-base', base, 'HEAD').trim();
  const show = (commit: string, path: string): string => {
    try {
      return git('show', `${commit}:${path}`);
    } catch {
      return '';
    }
  };
  return {
    files: git('diff', '--name-only', '--no-renames', from, 'HEAD').split('\n').filter(Boolean),
    before: (path) => show(from, path),
    after: (path) => show('HEAD', path),
  };
}

function environmentVariables(change: Change): string[] {
  const names = added(change, SCHEMA, /^ {2}([A-Z][A-Z0-9_]*):/gm);
  if (names.length === 0) return [];
  const places = ['.env.sample', 'deploy/compose.environment.yml', CHANGELOG];
  return [
    ...places
      .filter((place) => !change.files.includes(place))
      .map((place) => `${place} says nothing of the new variables ${names.join(', ')}`),
    ...(docsOf(change).length > 0
      ? []
      : [`no page of docs/ says anything of the new variables ${names.join(', ')}`]),
  ];
}

function makeTargets(change: Change): string[] {
  const names = added(change, 'Makefile', /^\.PHONY: *(\S+)/gm);
  const makefile = change.after('Makefile');
  const untold = names.filter((name) => {
    const texts = [change.after(CONTRIBUTING), ...docsOf(change)];
    return !texts.some((text) => hasWord(text, `make ${name}`) || hasWord(text, name));
  });
  return [
    ...names
      .filter((name) => !new RegExp(`^${name}:.*## .+`, 'm').test(makefile))
      .map((name) => `Makefile has no line of help for ${name}`),
    ...untold.map((name) => `neither CONTRIBUTING.md nor docs/ names make ${name}`),
    ...names
      .filter((name) => name.startsWith('ci-') && name !== 'ci-local')
      .filter((name) => !change.after(CI).includes(`make ${name}`))
      .map((name) => `${CI} does not run make ${name}`),
    ...(names.length > 0 && !change.files.includes(CHANGELOG)
      ? [`${CHANGELOG} says nothing of make ${names.join(', ')}`]
      : []),
  ];
}

const scriptsSchema = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** Test and check commands: one that neither make nor CI runs is run by nobody. */
function commands(change: Change): string[] {
  const scripts = (text: string): string[] =>
    text === '' ? [] : Object.keys(scriptsSchema.parse(JSON.parse(text)).scripts);
  const known = scripts(change.before('package.json'));
  const names = scripts(change.after('package.json')).filter((name) => !known.includes(name));
  const runners = ['Makefile', 'test/support/run/checks.ts', CI].map(change.after);
  return names
    .filter((name) => /^(test|check):/.test(name))
    .filter((name) => ![...runners, change.after(CONTRIBUTING)].some((text) => hasWord(text, name)))
    .map((name) => `neither Makefile, ${CI} nor CONTRIBUTING.md runs npm run ${name}`);
}

function jestProjects(change: Change): string[] {
  const names = added(change, 'jest.config.cjs', /displayName: '([\w-]+)'/g);
  return [
    ...names
      .filter((name) => !change.after('test/run.ts').includes(`'${name}'`))
      .map((name) => `test/run.ts does not run the tests of the kind ${name}`),
    ...names
      .filter((name) => !hasWord(change.after(CONTRIBUTING), name))
      .map((name) => `CONTRIBUTING.md does not explain tests of the kind ${name}`),
  ];
}

/** The document, the client that is made of it, and the changelog go with the routes. */
function contract(change: Change): string[] {
  const routes = change.files
    .filter((path) => path.endsWith('.controller.ts'))
    .filter((path) => routesIn(change.before(path)) !== routesIn(change.after(path)));
  const isPublished = change.files.includes(OPENAPI);
  return [
    ...(isPublished ? [] : routes.map((path) => `${path} has other routes, and ${OPENAPI} is the same`)),
    ...(isPublished && !change.files.includes(CHANGELOG)
      ? [`${CHANGELOG} says nothing of what has changed in ${OPENAPI}`]
      : []),
    ...(isPublished && change.after(CLIENT) !== '' && !change.files.includes(CLIENT)
      ? [`${CLIENT} was not written anew with ${OPENAPI}`]
      : []),
  ];
}

/** Those of a controller that the document shows. */
function routesIn(text: string): string {
  if (text.includes('@ApiExcludeController()')) return '';
  return (text.match(/^\s*@(?:Controller|Get|Post|Put|Patch|Delete)\(.*$/gm) ?? []).join('\n');
}

/** What a pattern finds in a file now and did not find before. */
function added(change: Change, path: string, pattern: RegExp): string[] {
  const found = (text: string): string[] => [...text.matchAll(pattern)].map(([, name]) => name ?? '');
  const known = found(change.before(path));
  return found(change.after(path)).filter((name) => !known.includes(name));
}

function docsOf(change: Change): string[] {
  const pages = change.files.filter((path) => /^(README\.md|docs\/.*\.md|deploy\/.*\.md)$/.test(path));
  return pages.map(change.after);
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(^|[^\\w-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w-])`, 'm').test(text);
}

/** The base that CI names; a branch that was pushed for the first time has none. */
function main(): void {
  const given = process.env.CHANGE_BASE?.trim() ?? '';
  const base = given === '' || /^0+$/.test(given) ? 'origin/main' : given;
  try {
    reportAndExit('change', findOmissions(resolve(__dirname, '../..'), base));
  } catch (error) {
    // Outside CI a clone may have no such branch; in CI that is a mistake of the workflow.
    if (given !== '' || !(error instanceof Error)) throw error;
    process.stdout.write('change: not checked, there is no origin/main to compare with\n');
  }
}

if (require.main === module) main();
