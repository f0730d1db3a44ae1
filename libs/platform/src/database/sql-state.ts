const RETRYABLE_STATES = new Set(['40001', '40P01', '57P01']);
const LOST_CONNECTION = /Connection terminated|QueryRunnerAlreadyReleased|Query runner already released/i;
const NO_ANSWER = /Query read timeout|timeout exceeded when trying to connect/i;
/** No SQLSTATE begins with E; the codes of the system, of which some have five characters, all do. */
const SQL_STATE = /^(?!E)[0-9A-Z]{5}$/;
/** The connection broke while it was in use. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE']);
/** There was none to be had. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** The five-character SQLSTATE of a PostgreSQL error, however deeply TypeORM wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  return codeOf(error, (code) => SQL_STATE.test(code));
}

/** The first code that will do, of the error or of what it wraps. */
function codeOf(error: unknown, isWanted: (code: string) => boolean): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && isWanted(code)) return code;
  return driverError === error ? undefined : codeOf(driverError, isWanted);
}

const hasCode = (error: unknown, codes: ReadonlySet<string>): boolean =>
  codeOf(error, (code) => codes.has(code)) !== undefined;

const says = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Error && pattern.test(`${error.name} ${error.message}`);

/** The name of the violated constraint or index, if the error is about one. */
export function constraintOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { constraint, driverError } = error as { constraint?: unknown; driverError?: unknown };
  if (typeof constraint === 'string') return constraint;
  return driverError === error ? undefined : constraintOf(driverError);
}

export const isUniqueViolation = (error: unknown): boolean => sqlStateOf(error) === '23505';

/**
 * Whether the same unit of work may succeed when run again. A connection that was lost inside a transaction comes
 * without a SQLSTATE.
 */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return RETRYABLE_STATES.has(state) || state.startsWith('08');
  return says(error, LOST_CONNECTION) || hasCode(error, BROKEN);
}

/** Whether the failure is the database's own, or the way to it (as opposed to a mistake of the program). */
export function isDatabaseError(error: unknown): boolean {
  return (
    sqlStateOf(error) !== undefined ||
    says(
      error,
      /QueryFailedError|QueryRunnerAlreadyReleased|Query runner already released|Connection ended/i,
    ) ||
    isDatabaseUnavailable(error)
  );
}

/** Whether PostgreSQL cannot be reached or refuses work just now: clients should try again soon. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300';
  // Codes and not texts: a name with several addresses, such as localhost, fails without any text.
  return (
    hasCode(error, UNREACHABLE) ||
    hasCode(error, BROKEN) ||
    says(error, NO_ANSWER) ||
    says(error, /Connection terminated/i)
  );
}
