import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { reportAndExit } from './report';

const ROOT = resolve(__dirname, '../..');
const GENERATOR = join(ROOT, 'dist/apps/api/write-openapi.js');
const PUBLISHED = join(ROOT, 'docs/openapi.json');
const TYPES = join(ROOT, 'libs/api-client/src/schema.generated.ts');
const TYPES_GENERATOR = join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
const MAX_SHOWN = 20;

/** Where two JSON documents differ, as paths such as `paths./api/me.get.summary`; the innermost place is named. */
export function findDifferences(published: unknown, generated: unknown, path = ''): string[] {
  if (isDeepStrictEqual(published, generated)) return [];
  if (!isObject(published) || !isObject(generated)) return [`${path || 'document'}: differs`];
  const keys = new Set([...Object.keys(published), ...Object.keys(generated)]);
  return [...keys].flatMap((key) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (!(key in generated)) return [`${inner}: is published, but not there any more`];
    if (!(key in published)) return [`${inner}: is not published`];
    return findDifferences(published[key], generated[key], inner);
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The problems of the published text; its layout counts as well, so that every change of it is one of content. */
export function findDrift(published: string, generated: string): string[] {
  if (published === generated) return [];
  const differences = findDifferences(JSON.parse(published), JSON.parse(generated));
  if (differences.length === 0) return ['is laid out differently'];
  const rest = differences.length - MAX_SHOWN;
  return [...differences.slice(0, MAX_SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

/** What a program writes to the file that its arguments name. */
function generated(argumentsFor: (file: string) => string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'waxwatch-openapi-'));
  try {
    const file = join(folder, 'generated');
    execFileSync(process.execPath, argumentsFor(file), { stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const generateDocument = (): string => generated((file) => [GENERATOR, file]);

/** The types of the client, from the published document. */
const generateTypes = (): string =>
  generated((file) => [TYPES_GENERATOR, PUBLISHED, '--default-non-nullable=false', '-o', file]);

if (require.main === module) {
  const problems = existsSync(GENERATOR)
    ? findDrift(readFileSync(PUBLISHED, 'utf8'), generateDocument())
    : ['cannot be checked before `npm run build`'];
  reportAndExit('docs/openapi.json', problems);
  const areTypesOld = readFileSync(TYPES, 'utf8') !== generateTypes();
  if (areTypesOld)
    reportAndExit('libs/api-client/src/schema.generated.ts', ['is not made from docs/openapi.json']);
  if (problems.length > 0 || areTypesOld) process.stderr.write('`npm run openapi` writes both anew\n');
}
