const RETRYABLE_STATES = new Set(['40001', '40P01', '57P01']);
const LOST_CONNECTION = /Connection terminated|QueryRunnerAlreadyReleased|Query runner already released/i;

/** The five-character SQLSTATE of a PostgreSQL error, however deeply TypeORM wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return driverError === error ? undefined : sqlStateOf(driverError);
}

/** The name of the violated constraint or index, if the error is about one. */
export function constraintOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { constraint, driverError } = error as { constraint?: unknown; driverError?: unknown };
  if (typeof constraint === 'string') return constraint;
  return driverError === error ? undefined : constraintOf(driverError);
}

export const isUniqueViolation = (error: unknown): boolean => sqlStateOf(error) === '23505';

/**
 * Whether the same unit of work may succeed when run again. TypeORM reports a connection that was lost inside a
 * transaction without a SQLSTATE, so two messages count as well.
 */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return RETRYABLE_STATES.has(state) || state.startsWith('08');
  return error instanceof Error && LOST_CONNECTION.test(`${error.name} ${error.message}`);
}

/** Whether the failure is the database's own, or the way to it (as opposed to a mistake of the program). */
export function isDatabaseError(error: unknown): boolean {
  if (sqlStateOf(error) !== undefined) return true;
  return (
    error instanceof Error &&
    (LOST_CONNECTION.test(`${error.name} ${error.message}`) ||
      /QueryFailedError|Query read timeout|timeout exceeded when trying to connect|ECONNREFUSED|Connection ended/i.test(
        `${error.name} ${error.message}`,
      ))
  );
}

/** Whether PostgreSQL cannot be reached or refuses work just now: clients should try again soon. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300';
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|ECONNREFUSED|ECONNRESET|Query read timeout/i.test(
      error.message,
    )
  );
}
