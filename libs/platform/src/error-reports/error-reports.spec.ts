import { BadRequestException, InternalServerErrorException } from '@nestjs/common';
import { AppError } from '../errors/app-error';
import { isUnforeseen } from './error-reports';

const withCode = (code: string): Error => Object.assign(new Error('odd'), { code });
const named = (name: string): Error => Object.assign(new Error('late'), { name });

describe('isUnforeseen', () => {
  it.each<[string, unknown]>([
    ['a mistake', new TypeError('x is undefined')],
    ['a statement that the database does not understand', withCode('42P01')],
    ['a broken constraint', withCode('23503')],
    ['an internal failure', new AppError('internal', 'Internal Server Error')],
    ['what Nest makes of a failure', new InternalServerErrorException()],
  ])('is true for %s', (_name, error) => {
    expect(isUnforeseen(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a refusal', new AppError('not_found', 'Not Found')],
    ['a refusal of Nest', new BadRequestException()],
    ['a service that is away', new AppError('unavailable', 'try again')],
    ['a bad answer of another service', new AppError('bad_gateway', 'Discogs error 500')],
    ['a database that is away', withCode('57P01')],
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a connection that was lost below', new Error('call failed', { cause: withCode('UND_ERR_SOCKET') })],
    ['a call that took too long', named('TimeoutError')],
    ['a call that was given up', new Error('ended', { cause: named('AbortError') })],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('is false for %s', (_name, error) => {
    expect(isUnforeseen(error)).toBe(false);
  });

  it('comes to an end with errors that are their own cause', () => {
    const error = new Error('round');
    error.cause = error;

    expect(isUnforeseen(error)).toBe(true);
  });
});
