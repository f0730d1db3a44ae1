import { type AppConfig, ConfigError, parseConfig } from './app-config';

/**
 * Parses the process environment, or ends the process with one line per problem on standard error. A `.env`
 * file is never read: developers pass `node --env-file`, deployments inject variables.
 */
export function loadConfigOrExit(): AppConfig {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`configuration: ${problem}\n`);
    process.exit(78); // EX_CONFIG
  }
}
