import { Ajv } from 'ajv';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { envSchema } from '../../libs/platform/src/config/env.schema';
import { reportAndExit } from './report';

const ROOT = resolve(__dirname, '../..');
const DEPLOY = join(ROOT, 'deploy');
/** The compose specification, as compose-go has it (Apache-2.0). */
const SCHEMA = join(__dirname, 'schemas/compose-spec.json');
const ENVIRONMENT = 'compose.environment.yml';

/** Read by the AWS client and by Node, not by us. */
const FOREIGN_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'NODE_OPTIONS',
];

/** Variables whose value nobody may know. */
const SENSITIVE =
  /(PASSWORD|SECRET|TOKEN|DSN|PRIVATE_KEY|LOCAL_KEY|ACCESS_KEY|ANON_KEY|DATABASE_URL|SMTP_URL|KMS_KEY_ID)/;
const NOT_SENSITIVE = /(_PATH|_SECONDS|_MS|_TTL)$/;

/** The file that forwards every variable: a name without a value takes what the shell has, and nothing if it has none. */
export function environmentFile(names: readonly string[]): string {
  return [
    '# Written by `npm run write:compose-environment`: every variable that WaxWatch reads, as the shell has it. A variable',
    '# that is not set there is not set in the container either.',
    'services:',
    '  waxwatch:',
    '    environment:',
    ...[...names].sort().map((name) => `      ${name}:`),
    '',
  ].join('\n');
}

const service = z.object({
  environment: z
    .union([
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      z.array(z.string()),
    ])
    .optional(),
});
const composeFile = z.object({ services: z.record(z.string(), service) });

/**
 * Variables that a compose file gives a value, or a fallback, which everybody who reads the file would know.
 * @param text a compose file
 */
export function findSecretDefaults(text: string): string[] {
  const { services } = composeFile.parse(parse(text, { merge: true }));
  return Object.entries(services).flatMap(([name, { environment = {} }]) =>
    assignments(environment)
      .filter(([variable]) => SENSITIVE.test(variable) && !NOT_SENSITIVE.test(variable))
      .filter(([, value]) => knownPart(value) !== '')
      .map(([variable]) => `${name} gives ${variable} a value that everybody knows`),
  );
}

function assignments(
  environment: string[] | Record<string, string | number | boolean | null>,
): [string, string][] {
  if (!Array.isArray(environment)) {
    return Object.entries(environment).map(([name, value]) => [name, value === null ? '' : String(value)]);
  }
  return environment.map((line) => {
    const [name = '', ...rest] = line.split('=');
    return [name, rest.join('=')];
  });
}

/** What is left of a value when the environment has nothing: fallbacks and literal text, innermost first. */
function knownPart(value: string): string {
  let rest = value;
  for (;;) {
    const resolved = rest.replace(
      /\$\{\w+(?:(:?[-?+])([^${}]*))?\}/g,
      (_, kind: string | undefined, text: string) => (kind?.endsWith('-') ? text : ''),
    );
    if (resolved === rest) return rest.replace(/\$\w+/g, '').trim();
    rest = resolved;
  }
}

/** What the compose specification has against a file. */
export function findSchemaErrors(text: string): string[] {
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, validateFormats: false });
  const isValid = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
  if (isValid(parse(text, { merge: true }))) return [];
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`);
}

function main(): void {
  const names = [...Object.keys(envSchema.shape), ...FOREIGN_VARIABLES];
  const target = join(DEPLOY, ENVIRONMENT);
  if (process.argv.includes('--write')) writeFileSync(target, environmentFile(names));
  const files = readdirSync(DEPLOY).filter((file) => /^compose.*\.yml$/.test(file));
  const problems = files.flatMap((file) => {
    const text = readFileSync(join(DEPLOY, file), 'utf8');
    // The database of the development file is reached from its own machine only.
    const secrets = file === 'compose.override.yml' ? [] : findSecretDefaults(text);
    return [...findSchemaErrors(text), ...secrets].map((problem) => `${file}: ${problem}`);
  });
  if (readFileSync(target, 'utf8') !== environmentFile(names)) {
    problems.push(
      `${ENVIRONMENT}: does not forward every variable; \`npm run write:compose-environment\` does`,
    );
  }
  reportAndExit('deploy', problems);
}

if (require.main === module) main();
