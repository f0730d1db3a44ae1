import { Body, Controller, Get, Post } from '@nestjs/common';
import { AuthModule, LocalIssuer, Public } from '@waxwatch/auth';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

@Public()
@Controller('api/faults')
class FaultsController {
  @Get('error')
  error(): never {
    throw new Error('the password is swordfish');
  }

  @Get('rejection')
  async rejection(): Promise<never> {
    return await Promise.reject(new TypeError('the password is swordfish'));
  }

  @Get('no-error')
  noError(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library may do
    throw 'the password is swordfish';
  }

  @Get('unprintable')
  unprintable(): object {
    const circle: { self?: object } = {};
    circle.self = circle;
    return circle;
  }

  @Post('echo')
  echo(@Body() body: unknown): object {
    return { body };
  }
}

const ORIGIN = 'https://app.waxwatch.example';

describe('the error envelope', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let me: Collector;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp(
      [AuthModule, WatchRulesApiModule],
      { DATABASE_URL: database.url, AUTH_ISSUER: issuer.issuer, CORS_ALLOWED_ORIGINS: ORIGIN },
      { controllers: [FaultsController] },
    );
    me = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  const send = async (
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } = {},
  ) => {
    const headers = { origin: ORIGIN, 'x-request-id': 'mine-1', ...init.headers };
    const response = await fetch(`${http.url}${path}`, { ...init, method, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const post = async (text: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
    await send('POST', '/api/faults/echo', { body: text, headers: { 'content-type': contentType } });
  const expectEnvelope = (
    { status, headers, text }: Awaited<ReturnType<typeof send>>,
    wanted: number,
    error: object,
  ): void => {
    expect(JSON.parse(text)).toEqual({ error: { status: wanted, ...error } });
    expect(status).toBe(wanted);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).toBe('mine-1');
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
  };
  const failure = (message: string) => ({ message, code: 'http_error' });
  const refused = (type: string, msg: string, loc: unknown[] = ['body'], ctx?: object) => ({
    message: 'validation error',
    code: 'validation_error',
    details: [{ type, loc, msg, ...(ctx === undefined ? {} : { ctx }) }],
  });

  it.each([
    '/nowhere',
    '/api',
    '/api/nowhere',
    '/api/watch-rules/1/nowhere',
    '/api/%00',
    '/..%2f',
    '/api/%F0%9F',
  ])('answers 404 for the unknown path %s', async (path) => {
    expectEnvelope(await send('GET', path), 404, failure('Not Found'));
  });

  it.each(['/%', '/api/watch-rules/%E0%A4%A', '/api/%zz'])('refuses the malformed path %s', async (path) => {
    const { status, headers, text } = await send('GET', path);

    expect([400, 404]).toContain(status);
    expect(JSON.parse(text)).toMatchObject({ error: { status, code: 'http_error' } });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).toBe('mine-1');
  });

  it.each([
    ['DELETE', '/api/faults/error', 'GET'],
    ['GET', '/api/faults/echo', 'POST'],
    ['PUT', '/api/watch-rules', 'GET, POST'],
    ['POST', '/api/watch-rules/5aa5e4bb-6dc6-4d8c-8b0a-6a5ce5f6ac3e', 'DELETE, GET, PATCH'],
  ])('answers 405 to %s %s and says what goes', async (method, path, allow) => {
    const answer = await send(method, path);

    expectEnvelope(answer, 405, failure('Method Not Allowed'));
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    ['/api/nowhere', 404, 'Not Found'],
    ['/api/watch-rules/5aa5e4bb-6dc6-4d8c-8b0a-6a5ce5f6ac3e', 405, 'Method Not Allowed'],
  ])('looks at the path %s before it looks at the body', async (path, status, message) => {
    const headers = { 'content-type': 'application/json' };

    expectEnvelope(await send('POST', path, { headers, body: '{' }), status, failure(message));
  });

  it('answers 405 to HEAD, with the headers of the envelope', async () => {
    const { status, headers, text } = await send('HEAD', '/api/watch-rules');

    expect([status, text]).toEqual([405, '']);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).toBe('mine-1');
  });

  it.each(['error', 'rejection', 'no-error', 'unprintable'])(
    'tells nothing about a fault: %s',
    async (name) => {
      expectEnvelope(await send('GET', `/api/faults/${name}`), 500, failure('Internal Server Error'));
    },
  );

  it.each([
    ['NONSENSE\r\n\r\n', 400, 'Bad Request'],
    ['GET /healthz HTTP/1.1\r\nHost: a b\u0001\r\n\r\n', 400, 'Bad Request'],
    [
      `GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a=${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large',
    ],
  ])('answers what does not even become a request (%#)', async (bytes, status, message) => {
    const { port, hostname } = new URL(http.url);
    const socket = connect(Number(port), hostname);
    socket.write(bytes);
    const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');

    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} ${message}\r\n`));
    expect(head).toContain('Content-Type: application/json');
    expect(JSON.parse(body)).toEqual({ error: { status, ...failure(message) } });
  });

  it.each(['', 'never', 'a b', 'x'.repeat(129), 'naïve'])(
    'makes a request id instead of %j',
    async (given) => {
      const headers = { 'x-request-id': given };
      const answer = await http.call('GET', '/nowhere', { headers: given === 'never' ? {} : headers });

      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  describe('for bodies', () => {
    const model = 'Input should be a valid dictionary or object to extract fields from';

    it.each(['{', '{"a":}', '{"a":NaN}', '{"a":Infinity}', "{'a':1}", '\u0000', '[1,]', '{}{}'])(
      'refuses what is no JSON: %j',
      async (text) => {
        const { status, text: body } = await post(text);

        expect(status).toBe(422);
        expect(JSON.parse(body)).toMatchObject({
          error: {
            code: 'validation_error',
            details: [{ type: 'json_invalid', loc: ['body', expect.any(Number)] }],
          },
        });
      },
    );

    it.each([
      ['text/plain', '{"name":"x"}'],
      ['application/x-www-form-urlencoded', 'name=x'],
      ['multipart/form-data; boundary=x', '--x--'],
      ['application/xml', '<name>x</name>'],
      ['application/octet-stream', '{"name":"x"}'],
    ])('takes a body of another type for text: %s', async (type, text) => {
      const token = issuer.issueToken({ sub: me.id, email: 'a@collector.example' });
      const headers = { 'content-type': type, authorization: `Bearer ${token}` };

      expectEnvelope(
        await send('POST', '/api/watch-rules', { headers, body: text }),
        422,
        refused('model_attributes_type', model),
      );
    });

    it.each([
      ['JSON', JSON.stringify({ a: 'x'.repeat(110_000) }), 'application/json'],
      ['text', 'x'.repeat(110_000), 'text/plain'],
    ])('refuses too much %s', async (_name, text, type) => {
      expectEnvelope(await post(text, type), 413, failure('Payload Too Large'));
    });

    it('refuses too much before it has all arrived', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const outgoing = request(`${http.url}/api/faults/echo`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': 10_000_000 },
        });
        outgoing.once('response', (response) => {
          resolve(response.statusCode);
          outgoing.destroy();
        });
        outgoing.once('error', reject);
        outgoing.write('{"a":"');
      });

      expect(status).toBe(413);
    });

    it.each([
      ['{"a":'.repeat(21) + '1' + '}'.repeat(21), 'body must not be nested more than 20 levels deep'],
      ['['.repeat(40_000) + ']'.repeat(40_000), 'body must not be nested more than 20 levels deep'],
      [
        JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`k${n}`, n]))),
        'body must not have more than 1000 keys',
      ],
    ])('refuses monstrous JSON', async (text, problem) => {
      expectEnvelope(
        await post(text),
        422,
        refused('value_error', `Value error, ${problem}`, ['body'], { error: {} }),
      );
    });

    it('takes JSON of 20 levels and 1000 keys', async () => {
      expect((await post('['.repeat(20) + ']'.repeat(20))).status).toBe(201);
      const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n]));
      expect((await post(JSON.stringify(keys))).status).toBe(201);
    });

    it.each([
      ['application/json; charset=ebcdic', {}],
      ['application/json', { 'content-encoding': 'zstd-9' }],
    ])('refuses what it cannot decode: %s %j', async (type, headers) => {
      const answer = await send('POST', '/api/faults/echo', {
        body: '{}',
        headers: { 'content-type': type, ...headers },
      });

      expectEnvelope(answer, 415, failure('Unsupported Media Type'));
    });

    it('refuses bytes that are not what the encoding says', async () => {
      const { status, text } = await send('POST', '/api/faults/echo', {
        body: 'not compressed',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      });

      expect(status).toBe(400);
      expect(JSON.parse(text)).toEqual({ error: { status, ...failure('Bad Request') } });
    });
  });
});
