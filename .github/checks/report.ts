/** Ends a check: silently when there is nothing to say, else with one line per problem and exit code 1. */
export function reportAndExit(subject: string, problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${subject}: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
