import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { reportAndExit } from './report';

const WORKFLOWS = resolve(__dirname, '../workflows');

const permissions = z.union([z.string(), z.record(z.string(), z.string())]);
const step = z.object({
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
});
const job = z.object({
  'timeout-minutes': z.number().optional(),
  permissions: permissions.optional(),
  environment: z.unknown().optional(),
  env: z.record(z.string(), z.unknown()).default({}),
  steps: z.array(step).default([]),
});
const workflow = z.object({
  on: z.unknown().optional(),
  permissions: permissions.optional(),
  concurrency: z.object({ group: z.string() }).optional(),
  jobs: z.record(z.string(), job),
});

/** What a workflow of ours must not be without: few rights, pinned actions, a group, a limit of time. */
export function findPolicyProblems(text: string): string[] {
  const { permissions: rights, concurrency, jobs } = workflow.parse(parse(text, { merge: true }));
  const steps = Object.values(jobs).flatMap((each) => each.steps);
  return [
    ...(isReadOnly(rights) ? [] : ['must have no more rights than `contents: read` at the top']),
    ...(concurrency === undefined ? ['has no concurrency group'] : []),
    ...Object.entries(jobs)
      .filter(([, each]) => each['timeout-minutes'] === undefined)
      .map(([name]) => `${name} has no timeout-minutes`),
    ...Object.entries(jobs)
      .filter(([, each]) => typeof each.permissions === 'string')
      .map(([name]) => `${name} takes rights by the dozen`),
    ...findUnpinned(text),
    ...steps
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
      .filter((each) => each.with?.['persist-credentials'] !== false)
      .map(() => 'checks out and leaves the credentials there'),
  ];
}

const isReadOnly = (rights: z.infer<typeof permissions> | undefined): boolean =>
  typeof rights === 'object' &&
  Object.entries(rights).every(([name, right]) => name === 'contents' && right === 'read');

/** Actions by a name that somebody may move; a commit says which one it is only with the version beside it. */
function findUnpinned(text: string): string[] {
  return [...text.matchAll(/^\s*(?:- )?uses: *(\S+)(.*)$/gm)].flatMap(([, action = '', rest = '']) => {
    if (action.startsWith('./')) return [];
    if (!/@[0-9a-f]{40}$/.test(action)) return [`${action} is not pinned to a commit`];
    return /^ # v\d+\.\d+\.\d+$/.test(rest) ? [] : [`${action} does not say its version`];
  });
}

const SMOKE = {
  PERF_BASE_URL: 'perf_base_url',
  PERF_RULE_ID: 'perf_rule_id',
  PERF_ENABLE_RULE_RUN: 'perf_enable_rule_run',
} as const;

const input = z.looseObject({ default: z.unknown().optional() });
const inputsOf = z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), input) }) });

/** What a smoke run asks for: what was typed in, then the variable of the environment or repository. */
export function findSmokeProblems(text: string): string[] {
  const parsed = workflow.parse(parse(text, { merge: true }));
  const typed = inputsOf.safeParse(parsed.on);
  const inputs = typed.success ? typed.data.workflow_dispatch.inputs : {};
  return Object.entries(parsed.jobs).flatMap(([name, { environment, env, steps }]) => {
    const given = Object.fromEntries([env, ...steps.map((each) => each.env ?? {})].flatMap(Object.entries));
    return [
      ...(environment === 'perf-smoke' ? [] : [`${name} does not run in the environment perf-smoke`]),
      ...Object.entries(SMOKE).flatMap(([variable, input]) => [
        ...(input in inputs ? [] : [`cannot be given ${input}`]),
        ...(inputs[input]?.default === undefined ? [] : [`${input} has a default, which hides the variable`]),
        ...(String(given[variable]).startsWith(`\${{ inputs.${input} || vars.${variable} `)
          ? []
          : [`${name} does not take ${variable} from inputs.${input}, then vars.${variable}`]),
      ]),
      ...(given.PERF_BEARER_TOKEN === '${{ secrets.PERF_BEARER_TOKEN }}'
        ? []
        : [`${name} does not take PERF_BEARER_TOKEN from the secrets`]),
    ];
  });
}

function main(): void {
  const problems = readdirSync(WORKFLOWS).flatMap((file) => {
    const text = readFileSync(join(WORKFLOWS, file), 'utf8');
    return [
      ...findPolicyProblems(text),
      ...(/^(smoke|release-gates)\.yml$/.test(file) ? findSmokeProblems(text) : []),
    ].map((problem) => `${file}: ${problem}`);
  });
  reportAndExit('workflows', problems);
}

if (require.main === module) main();
