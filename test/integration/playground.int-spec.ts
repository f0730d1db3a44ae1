import { AuthModule } from '@waxwatch/auth';
import { PlaygroundModule } from '@waxwatch/playground';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

describe('the playground', () => {
  const database = useTestDatabase();
  let http: HttpApp;

  beforeAll(async () => {
    http = await startHttpApp([AuthModule, PlaygroundModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
    });
  });
  afterAll(async () => await http.close());

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/playground/page.css', 'text/css; charset=utf-8'],
    ['/playground/page.js', 'text/javascript; charset=utf-8'],
    ['/playground/icon.svg', 'image/svg+xml'],
  ])('serves %s to anybody', async (path, type) => {
    const { status, headers } = await http.call('GET', path);

    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it.each(['/playground/nothing.js', '/playground/..%2f..%2fpackage.json', '/playground/%2e%2e%2findex.ts'])(
    'has no %s',
    async (path) => {
      expect(await http.call('GET', path)).toMatchObject({ status: 404, message: 'Not Found' });
    },
  );

  it('holds no script and no style that its content security policy forbids', async () => {
    const { body } = await http.call('GET', '/');

    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i);
  });

  it('offers no demo collector where there is none', async () => {
    expect((await http.call('GET', '/playground/settings')).body).toEqual({ demo_sign_in: null });
    expect((await http.call('POST', '/demo/token')).status).toBe(404);
  });
});
