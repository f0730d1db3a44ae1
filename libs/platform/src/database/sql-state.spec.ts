import { QueryFailedError } from 'typeorm';
import {
  constraintOf,
  isDatabaseError,
  isDatabaseUnavailable,
  isRetryable,
  isUniqueViolation,
  sqlStateOf,
} from './sql-state';

/** An error as the driver throws it. */
const pgError = (code: string, extra: object = {}): Error =>
  Object.assign(new Error('said the server'), { code, ...extra });
/** The same once it has passed through TypeORM. */
const wrapped = (error: Error): Error => new QueryFailedError('SELECT 1', [], error);
const systemError = (code: string): Error =>
  Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });

describe('sqlStateOf', () => {
  it.each(['23505', '40P01', '0A000', 'XX000', 'P0001'])('finds %s, wrapped or not', (state) => {
    expect(sqlStateOf(pgError(state))).toBe(state);
    expect(sqlStateOf(wrapped(pgError(state)))).toBe(state);
    expect(sqlStateOf(wrapped(wrapped(pgError(state))))).toBe(state);
  });

  it.each(['ECONNREFUSED', 'EPIPE', 'EPERM', 'EBUSY', 'E2BIG', 'abcde', ''])(
    'finds none in the code %j',
    (code) => {
      expect(sqlStateOf(pgError(code))).toBeUndefined();
    },
  );

  it.each([null, undefined, 'text', 7, {}, new Error('plain')])('finds none in %p', (value) => {
    expect(sqlStateOf(value)).toBeUndefined();
  });

  it('is not led in a circle', () => {
    const error: Error & { driverError?: unknown } = new Error('round');
    error.driverError = error;

    expect(sqlStateOf(error)).toBeUndefined();
    expect(constraintOf(error)).toBeUndefined();
  });
});

describe('constraintOf', () => {
  it('names the constraint that was violated', () => {
    const error = pgError('23505', { constraint: 'uq_match_rule_listing' });

    expect(constraintOf(error)).toBe('uq_match_rule_listing');
    expect(constraintOf(wrapped(error))).toBe('uq_match_rule_listing');
    expect(constraintOf(pgError('40P01'))).toBeUndefined();
    expect(constraintOf(null)).toBeUndefined();
  });
});

describe('isUniqueViolation', () => {
  it('is 23505 and nothing else', () => {
    expect(isUniqueViolation(wrapped(pgError('23505')))).toBe(true);
    expect(isUniqueViolation(pgError('23503'))).toBe(false);
  });
});

describe('isRetryable', () => {
  it.each(['40001', '40P01', '57P01', '08006', '08000'])('runs the work again after %s', (state) => {
    expect(isRetryable(wrapped(pgError(state)))).toBe(true);
  });

  it.each(['23505', '22P02', '57014', '53300', '42601'])('does not after %s', (state) => {
    expect(isRetryable(wrapped(pgError(state)))).toBe(false);
  });

  it('knows a connection that was lost inside a transaction, which comes without a state', () => {
    class QueryRunnerAlreadyReleasedError extends Error {
      override readonly name = 'QueryRunnerAlreadyReleasedError';
    }

    expect(isRetryable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isRetryable(new QueryRunnerAlreadyReleasedError())).toBe(true);
    expect(isRetryable(systemError('ECONNRESET'))).toBe(true);
    expect(isRetryable(systemError('EPIPE'))).toBe(true);
  });

  it('gives up on everything else', () => {
    expect(isRetryable(new TypeError('x is undefined'))).toBe(false);
    expect(isRetryable('Connection terminated')).toBe(false);
  });
});

/** What Node throws where a name stands for several addresses, such as `localhost`: without any text. */
const refusedEverywhere = Object.assign(new AggregateError([systemError('ECONNREFUSED')], ''), {
  code: 'ECONNREFUSED',
});

describe('isDatabaseUnavailable', () => {
  it.each(['08001', '08006', '57P01', '57P02', '57P03', '53300'])('asks to come back after %s', (state) => {
    expect(isDatabaseUnavailable(wrapped(pgError(state)))).toBe(true);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    'and after %s',
    (code) => {
      expect(isDatabaseUnavailable(systemError(code))).toBe(true);
      expect(isDatabaseUnavailable(wrapped(systemError(code)))).toBe(true);
    },
  );

  it('and where every address of a name refuses', () => {
    expect(isDatabaseUnavailable(refusedEverywhere)).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
  ])('and after "%s"', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it.each(['23505', '22P02', '57014', '40P01'])('does not after %s', (state) => {
    expect(isDatabaseUnavailable(pgError(state))).toBe(false);
  });

  it('does not after a mistake of the program', () => {
    expect(isDatabaseUnavailable(new TypeError('x is undefined'))).toBe(false);
    expect(isDatabaseUnavailable(undefined)).toBe(false);
  });
});

describe('isDatabaseError', () => {
  it('is whatever the database says, and whatever is in the way to it', () => {
    expect(isDatabaseError(pgError('22P02'))).toBe(true);
    expect(isDatabaseError(wrapped(new Error('odd')))).toBe(true);
    expect(isDatabaseError(systemError('ECONNREFUSED'))).toBe(true);
    expect(isDatabaseError(refusedEverywhere)).toBe(true);
    expect(isDatabaseError(new Error('Query read timeout'))).toBe(true);
  });

  it('is no mistake of the program, and no missing file', () => {
    expect(isDatabaseError(new TypeError('x is undefined'))).toBe(false);
    expect(
      isDatabaseError(Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' })),
    ).toBe(false);
  });
});
