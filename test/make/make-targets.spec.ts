import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { optionalText } from '../../libs/platform/src/config/env-fields';

const ROOT = resolve(__dirname, '../..');
const REQUIRED = [
  'DATABASE_URL',
  'AUTH_ISSUER',
  'AUTH_JWKS_URL',
  'TOKEN_CRYPTO_KMS_KEY_ID',
  'DISCOGS_USER_AGENT',
  'DISCOGS_TOKEN',
  'EBAY_CLIENT_ID',
  'EBAY_CLIENT_SECRET',
  'REDIS_URL',
];
const all = Object.fromEntries(REQUIRED.map((name) => [name, 'hunter2']));

interface Run {
  code: number;
  said: string;
}

async function make(args: string[], env: Record<string, string>): Promise<Run> {
  const inherited = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  return await new Promise((settle) => {
    execFile('make', args, { cwd: ROOT, env: { ...inherited, ...env } }, (error, stdout, stderr) =>
      settle({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` }),
    );
  });
}

const problems = ({ said }: Run): string[] =>
  said.split('\n').filter((line) => /^check-prod-env: .* (is|holds|still)/.test(line));

describe('make help', () => {
  it('lists every target that is meant to be called, with a line each', async () => {
    const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8');
    const targets = [...makefile.matchAll(/^\.PHONY: (\S+)/gm)].map(([, name]) => name ?? '');
    const { said } = await make(['help'], {});

    const listed = said.split('\n').flatMap((line) => /^ {2}(\S+) +\S/.exec(line)?.[1] ?? []);
    expect([...listed].sort()).toEqual(targets.filter((name) => name !== 'node-is-there').sort());
  });
});

describe('make check-prod-env', () => {
  it('is content when everything is there', async () => {
    const run = await make(['check-prod-env'], all);

    expect(run).toMatchObject({ code: 0 });
    expect(run.said).not.toContain('hunter2');
  });

  it.each(REQUIRED)('names %s when it is missing, and fails', async (name) => {
    const run = await make(['check-prod-env'], { ...all, [name]: '' });

    expect(run.code).not.toBe(0);
    expect(problems(run)).toEqual([`check-prod-env: ${name} is missing`]);
    expect(run.said).not.toContain('hunter2');
  });

  it('names everything that is missing at once, and blanks as missing', async () => {
    const { DISCOGS_TOKEN: _token, ...rest } = all;

    expect(problems(await make(['check-prod-env'], { ...rest, REDIS_URL: '  ' }))).toEqual([
      'check-prod-env: DISCOGS_TOKEN is missing',
      'check-prod-env: REDIS_URL is missing',
    ]);
  });

  it.each([
    'changeme',
    'CHANGE_ME_please',
    '<token>',
    'your-token',
    '...',
    'TODO',
    'xxxx',
    ' Placeholder ',
    'replace me',
  ])('refuses the placeholder "%s", as WaxWatch does at start', async (value) => {
    const run = await make(['check-prod-env'], { ...all, EBAY_CLIENT_SECRET: value });

    expect(optionalText().safeParse(value).success).toBe(false);
    expect(problems(run)).toEqual(['check-prod-env: EBAY_CLIENT_SECRET still holds a placeholder']);
    expect(run.said).not.toContain(value.trim());
  });

  it('checks other variables when told to', async () => {
    const args = ['PROD_REQUIRED_ENV_VARS=DATABASE_URL SUPABASE_URL', 'check-prod-env'];

    expect(problems(await make(args, { DATABASE_URL: 'x' }))).toEqual([
      'check-prod-env: SUPABASE_URL is missing',
    ]);
    expect(await make(args, { DATABASE_URL: 'x', SUPABASE_URL: 'y' })).toMatchObject({ code: 0 });
    const env = { PROD_REQUIRED_ENV_VARS: 'DATABASE_URL', DATABASE_URL: 'x' };
    expect(await make(['check-prod-env'], env)).toMatchObject({ code: 0 });
  });

  it.each(['', 'A;echo', '$(id)', '*'])('does not take "%s" for names', async (names) => {
    expect((await make(['check-prod-env'], { PROD_REQUIRED_ENV_VARS: names })).code).not.toBe(0);
  });
});

describe('make targets that start containers', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    // In place of the container engine: writes down how it was called, and with which database.
    folder = mkdtempSync(join(tmpdir(), 'waxwatch-make-'));
    mkdirSync(join(folder, 'bin'));
    const docker = join(folder, 'bin/docker');
    const script = `#!/bin/bash\necho "$COMPOSE_DISABLE_ENV_FILE $DATABASE_URL $*" >> '${join(folder, 'calls')}'\n`;
    writeFileSync(docker, script);
    chmodSync(docker, 0o755);
    path = `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const calls = (): string[] => {
    try {
      return readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  };
  const production = '--env-file /dev/null -f deploy/compose.yml -f deploy/compose.prod.yml';

  it.each([
    ['migrate-prod', 'run --rm --build migrate'],
    ['prod-up', 'up --build --detach --wait'],
  ])('%s reads the environment and no file', async (target, command) => {
    expect(await make([target], { ...all, PATH: path })).toMatchObject({ code: 0 });

    expect(calls()).toEqual([`1 hunter2 compose ${production} ${command}`]);
  });

  it.each(['migrate-prod', 'prod-up'])('%s starts nothing when a variable is missing', async (target) => {
    const run = await make([target], { ...all, PATH: path, AUTH_ISSUER: '' });

    expect(run.code).not.toBe(0);
    expect(calls()).toEqual([]);
  });

  it('up takes the files of development', async () => {
    expect(await make(['up', 'DEV_ENV_FILE=.env.dev'], { PATH: path })).toMatchObject({ code: 0 });

    expect(calls()).toEqual([
      '  compose --env-file .env.dev -f deploy/compose.yml -f deploy/compose.override.yml up --build --detach --wait',
    ]);
  });
});

describe.each(['check', 'ci-static-checks'])('make %s', (target) => {
  it('stops at the first check that fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waxwatch-make-'));
    try {
      const calls = join(folder, 'calls');
      const npm = join(folder, 'npm');
      writeFileSync(npm, `#!/bin/bash\necho "\${@: -1}" >> '${calls}'\n[ "\${@: -1}" != lint ]\n`);
      chmodSync(npm, 0o755);

      // The packages are those that run this test.
      const run = await make(['--old-file=install', target], {
        PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
      });

      expect(run.code).not.toBe(0);
      expect(readFileSync(calls, 'utf8').trimEnd().split('\n')).toEqual(['format:check', 'lint']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('make perf-smoke', () => {
  it('names what is missing, and never the token', async () => {
    const run = await make(['perf-smoke'], { PERF_BEARER_TOKEN: 'hunter2' });

    expect(run.code).not.toBe(0);
    expect(run.said).toContain('perf-smoke: PERF_BASE_URL is missing');
    expect(run.said).toContain('perf-smoke: PERF_RULE_ID (or PERF_ENABLE_RULE_RUN=0) is missing');
    expect(run.said).not.toContain('hunter2');
  });
});
