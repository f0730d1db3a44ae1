import express, { type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { AppError, ValidationError } from '../errors/app-error';
import { bodyParser } from './body';

function app() {
  const server = express();
  server.use(bodyParser());
  server.post('/', (incoming: Request, response: Response) => {
    response.json({ body: (incoming.body as unknown) ?? 'none' });
  });
  server.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const items = error instanceof ValidationError ? error.items : undefined;
    response.status(499).json({ items, code: error instanceof AppError ? error.code : undefined });
  });
  return server;
}

const post = async (type: string | undefined, text: string) => {
  const call = request(app()).post('/');
  if (type !== undefined) void call.set('Content-Type', type);
  const response = await call.send(text);
  return response.body as { body?: unknown; items?: unknown; code?: string };
};

describe('bodyParser', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/vnd.wax+json',
    'APPLICATION/JSON',
  ])('reads %s as JSON', async (type) => {
    expect((await post(type, '{"a":[1,null]}')).body).toEqual({ a: [1, null] });
    expect((await post(type, '"text"')).body).toBe('text');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'leaves %s as text',
    async (type) => {
      expect((await post(type, '{"a":1}')).body).toBe('{"a":1}');
    },
  );

  it.each(['{', '{"a":NaN}', '{"a":Infinity}', '{"a":1,}', 'nonsense', "{'a':1}"])(
    'refuses %s as the contract says',
    async (text) => {
      expect((await post('application/json', text)).items).toEqual([
        {
          type: 'json_invalid',
          loc: ['body', expect.any(Number)],
          msg: 'JSON decode error',
          ctx: { error: 'invalid JSON' },
        },
      ]);
    },
  );

  it('says where the JSON ends to make sense', async () => {
    expect((await post('application/json', '{"a":1 "b":2}')).items).toEqual([
      expect.objectContaining({ loc: ['body', 7] }),
    ]);
  });

  it('refuses what is too large or in a foreign character set', async () => {
    expect((await post('application/json', JSON.stringify('x'.repeat(110_000)))).code).toBe(
      'payload_too_large',
    );
    expect((await post('text/plain', 'x'.repeat(110_000))).code).toBe('payload_too_large');
    expect((await post('application/json; charset=ebcdic', '{}')).code).toBe('unsupported_media_type');
  });
});
