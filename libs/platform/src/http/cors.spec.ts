import express from 'express';
import request from 'supertest';
import { cors } from './cors';

const OURS = 'https://app.waxwatch.example';

function appWith(over: Partial<Parameters<typeof cors>[0]> = {}) {
  const app = express();
  app.use(
    cors({
      CORS_ALLOWED_ORIGINS: [`${OURS}/`],
      CORS_ALLOWED_METHODS: ['GET', 'POST'],
      CORS_ALLOWED_HEADERS: ['Authorization', 'Content-Type'],
      CORS_ALLOW_CREDENTIALS: true,
      ...over,
    }),
  );
  app.get('/', (_request, response) => void response.send('hello'));
  return app;
}

const preflight = (origin: string, app = appWith()) =>
  request(app).options('/').set('Origin', origin).set('Access-Control-Request-Method', 'POST');

describe('cors', () => {
  it('answers a preflight of an allowed origin itself', async () => {
    const { status, headers } = await preflight(OURS);

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': OURS,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'Accept, Accept-Language, Authorization, Content-Language, Content-Type, Last-Event-ID, x-request-id',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
  });

  it('lets a page elsewhere resume an event stream and name its requests, whatever is configured', async () => {
    const { headers } = await preflight(OURS, appWith({ CORS_ALLOWED_HEADERS: [] }));

    expect(headers['access-control-allow-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['Last-Event-ID', 'x-request-id']),
    );
  });

  it('tells a stranger so in plain text', async () => {
    const { status, text, headers } = await preflight('https://evil.example');

    expect([status, text]).toEqual([400, 'Disallowed CORS origin']);
    expect(headers['content-type']).toContain('text/plain');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('lets a request of an allowed origin read what it needs to', async () => {
    const { text, headers } = await request(appWith()).get('/').set('Origin', OURS);

    expect(text).toBe('hello');
    expect(headers).toMatchObject({
      'access-control-allow-origin': OURS,
      'access-control-expose-headers': 'Retry-After, x-request-id, x-next-cursor',
      vary: 'Origin',
    });
  });

  it.each([undefined, 'https://evil.example', `${OURS}.evil.example`, 'null'])(
    'serves a request of the origin %s without allowing it to be read',
    async (origin) => {
      const call = request(appWith()).get('/');
      const { text, headers } = await (origin === undefined ? call : call.set('Origin', origin));

      expect(text).toBe('hello');
      expect(headers.vary).toBe('Origin');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('allows everybody where so configured, without credentials', async () => {
    const app = appWith({ CORS_ALLOWED_ORIGINS: ['*'], CORS_ALLOW_CREDENTIALS: false });
    const { headers } = await preflight('https://anybody.example', app);

    expect(headers['access-control-allow-origin']).toBe('https://anybody.example');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('takes OPTIONS without the preflight header for an ordinary request', async () => {
    const { status } = await request(appWith()).options('/').set('Origin', 'https://evil.example');

    expect(status).toBe(200);
  });
});
