import { AppError } from '@waxwatch/platform/errors';
import fc from 'fast-check';
import { bearerTokenOf, readTokenHeader } from './token-header';

const tokenWith = (header: unknown): string =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.x`;

describe('bearerTokenOf', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer   a.b.c ', 'a.b.c'],
    ['Bearer', null],
    ['Bearer  ', null],
    ['Bearera.b.c', null],
    ['Basic a', null],
    [undefined, null],
  ])('reads %p as %p', (authorization, token) => {
    expect(bearerTokenOf({ headers: { authorization } })).toBe(token);
  });
});

describe('readTokenHeader', () => {
  it('gives algorithm and key id', () => {
    const header = readTokenHeader(tokenWith({ alg: 'RS256', kid: 'k', typ: 'JWT' }), ['RS256']);

    expect(header).toEqual({ alg: 'RS256', kid: 'k' });
  });

  it.each([
    [{ alg: 'none' }, 'invalid token algorithm'],
    [{ alg: 'HS256' }, 'invalid token algorithm'],
    [{ alg: ['RS256'] }, 'invalid token algorithm'],
    [{ alg: 'RS256', kid: 1 }, 'invalid bearer token'],
    [{ alg: 'RS256', crit: ['exp'] }, 'invalid bearer token'],
    ['RS256', 'invalid bearer token'],
    [null, 'invalid bearer token'],
  ])('refuses %j', (header, message) => {
    expect(() => readTokenHeader(tokenWith(header), ['RS256'])).toThrow(message);
  });

  it('answers 401 to any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readTokenHeader(text, ['RS256'])).toThrow(AppError);
      }),
    );
  });
});
