import express, { type NextFunction, type Request, type Response } from 'express';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
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

/** The body as it is, under these headers and no others. */
async function sendBytes(headers: string[], bytes: string | Buffer) {
  const server = app().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outgoing = httpRequest({ port, method: 'POST', headers: ['Host', 'localhost', ...headers] });
  try {
    const answered = once(outgoing.end(bytes), 'response') as Promise<[IncomingMessage]>;
    return (await json((await answered)[0])) as { body?: unknown; items?: unknown };
  } finally {
    server.close();
  }
}

describe('bodyParser', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=UTF8',
    'application/json; charset="utf8"',
    'application/vnd.wax+json',
    'APPLICATION/JSON',
  ])('reads %s as JSON', async (type) => {
    expect((await post(type, '{"a":[1,null]}')).body).toEqual({ a: [1, null] });
    expect((await post(type, '"text"')).body).toBe('text');
  });

  it('takes a body without a type for JSON', async () => {
    expect((await sendBytes([], '{"a":1}')).body).toEqual({ a: 1 });
    expect((await sendBytes(['Content-Type', ''], '{"a":1}')).body).toEqual({ a: 1 });
    expect((await sendBytes([], 'name=x')).items).toEqual([
      expect.objectContaining({ type: 'json_invalid' }),
    ]);
  });

  it.each([
    ['of length 0', ['Content-Length', '0']],
    ['in no chunks', ['Transfer-Encoding', 'chunked']],
  ])('takes JSON %s for no body at all', async (_name, headers) => {
    expect((await sendBytes(['Content-Type', 'application/json', ...headers], '')).body).toBe('none');
  });

  it('refuses bytes that are no UTF-8 rather than keep something else', async () => {
    const latin1 = Buffer.from('{"a":"Bj\u00f6rk"}', 'latin1');

    expect((await sendBytes(['Content-Type', 'application/json'], latin1)).items).toEqual([
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', ctx: { error: 'invalid UTF-8' } },
    ]);
    const utf16 = Buffer.from('{"a":"Bj\u00f6rk"}', 'utf16le');
    expect((await sendBytes(['Content-Type', 'application/json; charset=utf-16le'], utf16)).body).toEqual({
      a: 'Bj\u00f6rk',
    });
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
