import { redact } from './redact';
import { keepOutOfTexts, redactText } from './secret-text';

const GONE = '***redacted***';

describe('redactText', () => {
  it.each([
    ['Authorization: Bearer abc.def.ghi', `Authorization: Bearer ${GONE}`],
    ['bearer   abc, next', `bearer   ${GONE}, next`],
    ['{"header":"Basic dXNlcjpwYXNz"}', `{"header":"Basic ${GONE}"}`],
    ['Discogs token=abc', `Discogs token=${GONE}`],
    ['Discogs key=abc, secret', `Discogs key=${GONE}, secret`],
    ['GET /x?token=abc&page=2', `GET /x?token=${GONE}&page=2`],
    ['/x?a=1&access_token=abc', `/x?a=1&access_token=${GONE}`],
    [
      '/x?refresh_token=a&key=b&secret=c&apikey=d&password=e',
      `/x?refresh_token=${GONE}&key=${GONE}&secret=${GONE}&apikey=${GONE}&password=${GONE}`,
    ],
    ['postgresql://wax:hunter2@db:5432/wax', `postgresql://wax:${GONE}@db:5432/wax`],
    ['redis://:hunter2@cache:6379', `redis://:${GONE}@cache:6379`],
    ['https://abc123@sentry.example/7', `https://${GONE}@sentry.example/7`],
    ['to ada@example.co.uk: refused', `to ${GONE}: refused`],
    ['Cookie: a=b; c=d', `Cookie: ${GONE}`],
    ['https://discord.com/api/webhooks/1/abc-DEF', `https://discord.com/api/webhooks/1/${GONE}`],
    ['https://hooks.slack.com/services/T0/B0/abc', `https://hooks.slack.com/services/${GONE}`],
    ['https://api.telegram.org/bot12:abc/getMe', `https://api.telegram.org/bot${GONE}/getMe`],
  ])('takes the secret out of %j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('knows what the process itself was given, with nothing around it', () => {
    keepOutOfTexts(['correct-horse', 'correct-horse-battery', 'short']);

    expect(redactText('correct-horse-battery')).toBe(GONE);
    expect(redactText('x/correct-horse/short')).toBe(`x/${GONE}/short`);
  });

  it('takes out every one of several', () => {
    expect(redactText('Bearer a then Bearer b')).toBe(`Bearer ${GONE} then Bearer ${GONE}`);
  });

  it.each([
    'the bearer of bad news',
    'GET /api/watch-rules?limit=50&cursor=abc',
    'https://www.discogs.com/release/1?monkey=2',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'at 12:30:15 in libs/x.ts:7:12, eslint@9.39.5',
    'https://api.example.org/items/0b0f6f4e-7f1d-4a56-9a39-0e7a4a5b1c2d',
    'JsonWebTokenError: invalid signature',
    'Unexpected token < in JSON at position 0',
  ])('leaves %j readable', (text) => {
    // A word after "bearer" is taken for a token: rather one word too many.
    expect(redactText(text).replace(GONE, 'of')).toBe(text);
  });
});

describe('redact', () => {
  it.each([
    'access_token',
    'api_key',
    'apikey',
    'authorization',
    'client_secret',
    'cookie',
    'email',
    'password',
    'refresh_token',
    'secret',
    'set-cookie',
    'token',
    'Authorization',
    'PASSWORD',
    'clientSecret',
    'X-API-Key',
    'vapid_private_key',
    'webhook_url',
    'hashedPassword',
  ])('takes out the value of %s, whatever it is', (key) => {
    expect(redact({ [key]: 'x' })).toEqual({ [key]: GONE });
    expect(redact({ [key]: { deep: 'x' } })).toEqual({ [key]: GONE });
    expect(redact({ [key]: 7 })).toEqual({ [key]: GONE });
  });

  it('still tells that there was none', () => {
    expect(redact({ token: null, password: undefined })).toEqual({ token: null, password: undefined });
  });

  it('goes into objects and lists', () => {
    expect(redact({ a: [{ token: 'x', id: 1 }, 'Bearer x'], b: { c: { email: 'x' } } })).toEqual({
      a: [{ token: GONE, id: 1 }, `Bearer ${GONE}`],
      b: { c: { email: GONE } },
    });
  });

  it('leaves everything else as it is', () => {
    const value = { id: 'a', count: 3, isGood: true, nothing: null, tokens_count: 4, list: [1, 'two'] };

    expect(redact(value)).toEqual(value);
    expect(redact('plain')).toBe('plain');
    expect(redact(7)).toBe(7);
    expect(redact(null)).toBeNull();
    expect(redact(undefined)).toBeUndefined();
  });

  it('does not change what it is given', () => {
    const value = { token: 'x', inner: { password: 'y' } };
    redact(value);

    expect(value).toEqual({ token: 'x', inner: { password: 'y' } });
  });

  it('shows no bytes, which may spell anything', () => {
    expect(redact({ body: Buffer.from('hunter2') })).toEqual({ body: '[7 bytes]' });
  });

  it('looks into maps and sets, and into the names of fields', () => {
    const value = { map: new Map([['token', 'x']]), set: new Set(['Bearer x']), 'a@b.example': 1 };

    expect(redact(value)).toEqual({ map: { token: GONE }, set: [`Bearer ${GONE}`], [GONE]: 1 });
  });

  it('cuts long lists', () => {
    expect(redact(Array.from({ length: 500 }, () => 1))).toHaveLength(201);
  });

  it('writes dates as instants', () => {
    expect(redact({ at: new Date('2026-11-23T08:27:38.782Z') })).toEqual({ at: '2026-11-23T08:27:38.782Z' });
  });

  it('ends at some depth, also in a circle', () => {
    const circle: Record<string, unknown> = { id: 1 };
    circle.self = circle;

    expect(JSON.stringify(redact(circle))).toContain('[deep]');
  });
});

describe('redact, of errors', () => {
  it('says what went wrong, without secrets', () => {
    const error = new TypeError('no answer from https://wax:hunter2@api.example');

    expect(redact({ err: error })).toEqual({
      err: {
        type: 'TypeError',
        message: `no answer from https://wax:${GONE}@api.example`,
        stack: expect.stringContaining('redact.spec.ts') as string,
      },
    });
    expect(JSON.stringify(redact(error))).not.toContain('hunter2');
  });

  it('keeps a code and the chain of causes', () => {
    const cause = Object.assign(new Error('Bearer abc was refused'), { code: 'ECONNREFUSED' });
    const error = new Error('cannot sign in', { cause });

    expect(redact(error)).toMatchObject({
      message: 'cannot sign in',
      cause: { type: 'Error', message: `Bearer ${GONE} was refused`, code: 'ECONNREFUSED' },
    });
  });

  it('drops what drivers hang on errors, which is user data', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      parameters: ['collector@example.com'],
      detail: 'Key (email)=(collector@example.com) already exists.',
    });

    expect(JSON.stringify(redact(error))).not.toContain('collector@example.com');
    expect(redact(error)).toMatchObject({ code: '23505' });
  });

  it('does not follow causes for ever', () => {
    const error = new Error('round');
    error.cause = error;

    expect(() => JSON.stringify(redact(error))).not.toThrow();
  });
});
