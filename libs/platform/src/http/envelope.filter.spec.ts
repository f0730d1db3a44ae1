import {
  BadRequestException,
  InternalServerErrorException,
  Logger,
  MethodNotAllowedException,
  NotFoundException,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import express, { type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { AppError, RateLimitedError, ValidationError } from '../errors/app-error';
import { EnvelopeFilter } from './envelope.filter';

async function answerTo(error: unknown) {
  const app = express();
  const filter = new EnvelopeFilter();
  app.get('/', () => {
    throw error;
  });
  app.use((thrown: unknown, incoming: Request, response: Response, next: NextFunction) => {
    filter.catch(thrown, new ExecutionContextHost([incoming, response, next]));
  });
  const response = await request(app).get('/');
  const retryAfter: unknown = response.headers['retry-after'];
  return { status: response.status, retryAfter, error: (response.body as { error: unknown }).error };
}

const sqlError = (code: string): Error => Object.assign(new Error('relation "secret" …'), { code });

describe('EnvelopeFilter', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it.each<[name: string, error: unknown, status: number, message: string]>([
    ['a refusal', new AppError('not_found', 'Watch rule not found'), 404, 'Watch rule not found'],
    [
      'a conflict',
      new AppError('conflict', 'Watch release already exists'),
      409,
      'Watch release already exists',
    ],
    ['an unknown path', new NotFoundException('Cannot GET /x'), 404, 'Not Found'],
    ['a wrong method', new MethodNotAllowedException('POST'), 405, 'Method Not Allowed'],
    ['a refusal of Nest', new BadRequestException('Failed to decode'), 400, 'Failed to decode'],
    ['a failure of Nest', new InternalServerErrorException('secret'), 500, 'Internal Server Error'],
    ['a bug', new TypeError('secret is not a function'), 500, 'Internal Server Error'],
    ['a thrown text', 'secret', 500, 'Internal Server Error'],
    ['a database error', sqlError('23514'), 500, 'db error'],
    ['a database that is away', sqlError('57P01'), 503, 'database unavailable'],
  ])('puts %s into the envelope', async (_name, error, status, message) => {
    const answer = await answerTo(error);

    expect(answer).toMatchObject({ status, error: { message, code: 'http_error', status } });
    expect(Object.keys(answer.error as object)).toEqual(['message', 'code', 'status']);
  });

  it('adds details only where there are some', async () => {
    const details = { status: 'not_ready' };
    const { status, error } = await answerTo(new AppError('unavailable', 'request failed', { details }));

    expect([status, error]).toEqual([
      503,
      { message: 'request failed', code: 'http_error', status: 503, details },
    ]);
  });

  it('lists refused fields', async () => {
    const { status, error } = await answerTo(ValidationError.ofRule(['body', 'query'], 'no good'));

    expect([status, error]).toEqual([
      422,
      {
        message: 'validation error',
        code: 'validation_error',
        status: 422,
        details: [
          { type: 'value_error', loc: ['body', 'query'], msg: 'Value error, no good', ctx: { error: {} } },
        ],
      },
    ]);
  });

  it('says when to come back', async () => {
    const limited = await answerTo(new RateLimitedError('watch_rules', 7));

    expect(limited).toEqual({
      status: 429,
      retryAfter: '7',
      error: {
        message: 'rate limit exceeded',
        code: 'rate_limited',
        status: 429,
        details: { scope: 'watch_rules', retry_after_seconds: 7 },
      },
    });
    expect((await answerTo(sqlError('53300'))).retryAfter).toBe('5');
    expect((await answerTo(new AppError('unavailable', 'later', { retryAfterSeconds: 30 }))).retryAfter).toBe(
      '30',
    );
  });
});
