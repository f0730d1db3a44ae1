import fc from 'fast-check';
import { Writable } from 'node:stream';
import pino from 'pino';
import { pinoOptions } from './pino-options';
import { keepOutOfTexts } from './secret-text';

/** A process of ours was given this one, so it is to be recognised with nothing around it. */
const OWN_SECRET = 'Zq7Kp2Vx9Lm4Rt6Wb1Nc8Yd3'; // gitleaks:allow: made up
keepOutOfTexts([OWN_SECRET]);

/** Letters and digits, so that no escaping hides it from the assertion. */
const secret = fc.stringMatching(/^[a-z][A-Za-z0-9]{22}[0-9]$/);

const KEYS = [
  ...['token', 'access_token', 'accessToken', 'REFRESH_TOKEN', 'idToken', 'bot_token', 'x-csrf-token'],
  ...[
    'password',
    'hashed_password',
    'userPassword',
    'smtp.password',
    'client_secret',
    'clientSecret',
    'secret',
  ],
  ...['authorization', 'Authorization', 'proxy-authorization', 'cookie', 'Set-Cookie', 'cookies'],
  ...['api_key', 'apikey', 'X-API-Key', 'privateKey', 'vapid_private_key', 'secretKey', 'aws_access_key'],
  ...['webhook_url', 'webhookUrl', 'SENTRY_DSN', 'dsn', 'email', 'userEmail', 'emails', 'email_address'],
  ...['oauth_signature', 'code_verifier', 'session_id', 'jwt', 'credentials', 'p256dh'],
];

/** Where secrets stand in the texts of libraries, providers and people. */
const TEXTS: ((value: string) => string)[] = [
  (value) => `Authorization: Bearer ${value}`,
  (value) => `bearer ${value}`,
  (value) => `refused: Basic ${value}==`,
  (value) => `{"authorization":"Discogs token=${value}"}`,
  (value) => `OAuth oauth_consumer_key="${value}", oauth_token="x${value}", oauth_signature="y${value}"`,
  (value) => `Cookie: theme=dark; waxwatch_session=${value}; x=1`,
  (value) => `cookie=waxwatch_session=${value}`,
  (value) => `set-cookie: waxwatch_session=${value}; Path=/; HttpOnly`,
  (value) => `GET /callback?state=1&code=${value}&page=2`,
  (value) => `/unsubscribe?token=${value}`,
  (value) => `grant_type=refresh_token&refresh_token=${value}&client_secret=z${value}`,
  (value) => JSON.stringify({ ok: false, access_token: value }),
  (value) => JSON.stringify({ body: JSON.stringify({ password: value }) }),
  (value) => `password: ${value}`,
  (value) => `X-API-Key: ${value}`,
  (value) => `api_key = '${value}'`,
  (value) => `token eyJhbGciOiJIUzI1NiJ9.${value}.${value}`,
  (value) => `connect postgresql://wax:${value}@db.internal:5432/wax failed`,
  (value) => `redis://:${value}@cache:6379/0`,
  (value) => `smtps://${value}@mail.example:465`,
  (value) => `POST https://${value}@o1.ingest.sentry.example/42 answers 403`,
  (value) => `POST https://discord.com/api/webhooks/112233/${value} answers 404`,
  (value) => `https://hooks.slack.com/services/T0AB/B0CD/${value}`,
  (value) => `https://api.telegram.org/bot12345:${value}/sendMessage`,
  (value) => `no answer from https://hooks.example.org/in/${value}?x=1`,
  (value) => `https://fcm.googleapis.com/fcm/send/${value}:APA91b`,
  (value) => `Key (email)=(${value}@example.com) already exists.`,
  (value) => `cannot deliver to <${value}@mail.example.co.uk>`,
];

const words = fc.constantFrom('', 'failed after 3 tries: ', 'GET /api/x 401\n', '{"a":1} ', 'ünïcode ');
const texts = fc
  .tuple(secret, fc.constantFrom(...TEXTS), words, words)
  .map(([value, place, before, after]) => ({ value, planted: `${before}${place(value)} ${after}` }));
const ownTexts = fc
  .tuple(words, words)
  .map(([before, after]) => ({ value: OWN_SECRET, planted: `${before}${OWN_SECRET}${after}` }));
const keyed = fc
  .tuple(secret, fc.constantFrom(...KEYS), fc.constantFrom('text', 'list', 'inside', 'number'))
  .map(([value, key, shape]) => ({ value, planted: { id: 7, [key]: shaped(value, shape) } }));
const bytes = secret.map((value) => ({ value, planted: Buffer.from(value) }));

function shaped(value: string, shape: string): unknown {
  if (shape === 'list') return [value];
  return shape === 'inside' ? { value } : value;
}

type Loggable = object | string;

interface Planted {
  value: string;
  planted: Loggable;
}

/** What is put around it, layer by layer: everything that code logs and libraries throw. */
const LAYERS: ((inner: Loggable) => Loggable)[] = [
  (inner) => ({ inner, count: 3 }),
  (inner) => [1, inner, null],
  (inner) => new Map([['inner', inner]]),
  (inner) => new Set([inner]),
  (inner) => new Error(typeof inner === 'string' ? inner : 'failed', { cause: inner }),
  (inner) => new AggregateError([asError(inner), new Error('other')], 'all failed'),
  (inner) => Object.assign(new Error('query failed'), { parameters: [inner], detail: inner, query: inner }),
  (inner) => Object.assign(new TypeError(`bad ${text(inner)}`), { code: text(inner) }),
  (inner) =>
    new (class Exchange {
      readonly request = inner;
      get broken(): string {
        throw new Error('unreadable');
      }
    })(),
  (inner) => Object.create({ inherited: inner }, { own: { value: inner, enumerable: true } }) as object,
  (inner) => ({ [text(inner)]: true }),
];

const text = (inner: Loggable): string => (typeof inner === 'string' ? inner : 'nothing');
const asError = (inner: Loggable): Error =>
  inner instanceof Error ? inner : new Error(text(inner), { cause: inner });

const planted: fc.Arbitrary<Planted> = fc
  .tuple(
    fc.oneof(texts, ownTexts, keyed, bytes) as fc.Arbitrary<Planted>,
    fc.array(fc.constantFrom(...LAYERS), { maxLength: 8 }),
  )
  .map(([plant, layers]) => ({
    value: plant.value,
    planted: layers.reduce<Loggable>((inner, layer) => layer(inner), plant.planted),
  }));

/** Every way in which a line is written. */
const WAYS: ((logger: pino.Logger, value: Loggable) => void)[] = [
  (logger, value) => logger.info({ event: 'x', value }),
  (logger, value) => logger.error({ event: 'x', err: value }),
  (logger, value) => logger.error({ err: value }),
  (logger, value) => logger.error(value),
  (logger, value) => logger.warn(value, 'and a text'),
  (logger, value) => logger.info('a text with %s', value),
  (logger, value) => logger.info('a text with %o', value),
  (logger, value) => logger.info({ a: 1 }, typeof value === 'string' ? value : 'text', value),
];

function written(write: (logger: pino.Logger) => void): string {
  let lines = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines += chunk.toString();
      done();
    },
  });
  write(pino(pinoOptions({ LOG_LEVEL: 'info', WEB_CONCURRENCY: 1 }), sink));
  return lines;
}

describe('the log', () => {
  it('shows no secret, wherever it is planted and however it is logged', () => {
    fc.assert(
      fc.property(planted, fc.constantFrom(...WAYS), ({ value, planted: thing }, way) => {
        const lines = written((logger) => way(logger, thing));

        expect(lines).not.toContain(value);
        expect(lines.trimEnd().split('\n')).toHaveLength(1);
        JSON.parse(lines);
      }),
      { numRuns: 5000 },
    );
  });
});
