import { type DiscogsSource, isProviderError, type ProviderError } from '@waxwatch/integrations';
import { KeysUnavailableError, UnusableSecretError } from '@waxwatch/platform/token-crypto';

export const MAX_ATTEMPTS = 5;

const MAX_WAIT_SECONDS = 15 * 60;
const THROTTLED_WAIT_SECONDS = 60;
const FIRST_RETRY_SECONDS = 30;

/** What becomes of a job after something went wrong. */
export type Verdict =
  /** Nothing can help. */
  | { kind: 'fail'; reason: string; error: string; detail: string }
  /** The user has to connect again. */
  | { kind: 'reconnect'; error: string; detail: string }
  /** The list has become shorter while it was read. */
  | { kind: 'end_of_list' }
  /** Later again; `isFailure` counts towards giving up, being asked to wait does not. */
  | { kind: 'retry'; seconds: number; isFailure: boolean };

export interface FailedStep {
  source: DiscogsSource;
  page: number;
  /** Failures in a row at this page, this one included. */
  attempts: number;
  hasOwnCredential: boolean;
}

/** Whether it may happen although nothing of ours is wrong. */
export const isForeseen = (error: unknown): boolean =>
  error instanceof UnusableSecretError || error instanceof KeysUnavailableError || isProviderError(error);

/** Decides on the kind of an error, never on its text. */
export function verdictOn(error: unknown, step: FailedStep): Verdict {
  if (error instanceof UnusableSecretError) {
    return { kind: 'reconnect', error: error.message, detail: 'Connect Discogs again, please' };
  }
  if (error instanceof KeysUnavailableError) {
    return { kind: 'retry', seconds: error.retryAfterSeconds ?? THROTTLED_WAIT_SECONDS, isFailure: false };
  }
  if (isProviderError(error)) return onProviderError(error, step);
  return retryOrFail(step, 'Discogs import failed');
}

function onProviderError(error: ProviderError, step: FailedStep): Verdict {
  const text = `502: Discogs import failed with ${error.status ?? error.kind}`;
  switch (error.kind) {
    case 'credential':
      return onRefusal(error, step, text);
    case 'gone':
      if (step.page > 1) return { kind: 'end_of_list' };
      return { kind: 'fail', reason: 'not_found', error: text, detail: 'Discogs knows no user of this name' };
    case 'invalid_request':
      return { kind: 'fail', reason: 'refused', error: text, detail: 'Discogs refused the request' };
    case 'throttled':
    case 'quota':
    case 'budget_exhausted':
    case 'unavailable':
      return { kind: 'retry', seconds: waitOf(error), isFailure: false };
    case 'transient':
    case 'timeout':
    case 'bad_response':
      return retryOrFail(step, text);
  }
}

function onRefusal(error: ProviderError, step: FailedStep, text: string): Verdict {
  if (error.status === 403) {
    const verb = step.source === 'lists' ? 'are' : 'is';
    const detail = `The ${step.source} of this Discogs user ${verb} private`;
    return { kind: 'fail', reason: 'private', error: text, detail };
  }
  if (step.hasOwnCredential) {
    return {
      kind: 'reconnect',
      error: text,
      detail: 'Discogs refused the credential; connect again, please',
    };
  }
  // The application's own token: for the operator to mend, and nobody's list is at fault.
  return { kind: 'retry', seconds: waitOf(error), isFailure: false };
}

function retryOrFail({ attempts }: FailedStep, text: string): Verdict {
  if (attempts >= MAX_ATTEMPTS) {
    return { kind: 'fail', reason: 'unreachable', error: text, detail: 'Discogs could not be read' };
  }
  return {
    kind: 'retry',
    seconds: Math.min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), MAX_WAIT_SECONDS),
    isFailure: true,
  };
}

const waitOf = ({ retryAfterMs }: ProviderError): number =>
  retryAfterMs === null
    ? THROTTLED_WAIT_SECONDS
    : Math.min(Math.max(retryAfterMs / 1000, 1), MAX_WAIT_SECONDS);
