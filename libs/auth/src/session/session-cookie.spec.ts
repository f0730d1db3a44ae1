import { SystemClock } from '@waxwatch/platform/clock';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { cookieOf, SessionCookie } from './session-cookie';
import { SessionSeal } from './session-seal';

describe('cookieOf', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['a=b', null],
    ['waxwatch_session=', null],
    ['waxwatch_session', null],
    ['xwaxwatch_session=1', null],
    ['waxwatch_session=abc', 'abc'],
    ['a=b; waxwatch_session=a..b.c-_ ; c=d', 'a..b.c-_'],
    ['waxwatch_session=a=b', 'a=b'],
    ['waxwatch_session=first; waxwatch_session=second', 'first'],
  ])('reads %j as %j', (cookie, expected) => {
    expect(cookieOf({ headers: cookie === undefined ? {} : { cookie } })).toBe(expected);
  });
});

describe('SessionCookie', () => {
  it.each([
    [{ secure: false, isProductionLike: false }, false],
    [{ secure: true, isProductionLike: false }, true],
    [{ secure: false, isProductionLike: true }, true],
  ])('at %j is Secure: %s', async ({ secure, isProductionLike }, isSecure) => {
    const seal = new SessionSeal({ SESSION_SECRET: 'a secret of the tests', passwordSignIn: 'local' });
    const cookie = new SessionCookie(seal, new SystemClock(), { isProductionLike });
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const session = { id: '80dc6333-3c3c-49b8-a803-938783fbeb99', expiresAt: new Date(Date.now() + 60_000) };
    await cookie.set({ secure }, response, session);

    const attributes = String(response.getHeader('set-cookie')).split('; ').slice(1);
    expect(attributes.includes('Secure')).toBe(isSecure);
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax']));
  });
});
