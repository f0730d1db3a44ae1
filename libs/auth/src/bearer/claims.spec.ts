import fc from 'fast-check';
import { isAdmin, toCredential } from './claims';

const SUB = '8f2a5009-c0a2-4f90-8f1b-c1716c26bf06';
const claims = { sub: SUB, exp: 2000, iat: 1000, role: 'authenticated', email: 'Ada@Example.org' };

describe('toCredential', () => {
  it('takes what it needs from verified claims', () => {
    expect(toCredential(claims, 1000)).toEqual({
      userId: SUB,
      email: 'ada@example.org',
      isAdmin: false,
      issuedAt: 1000,
      expiresAt: 2000,
    });
  });

  it('does without date of issue and address', () => {
    expect(toCredential({ sub: SUB, exp: 2000 }, 1000)).toMatchObject({ issuedAt: null, email: null });
  });

  it.each([
    [{ sub: undefined }, 'invalid bearer token'],
    [{ sub: [SUB] }, 'invalid bearer token'],
    [{ sub: `${SUB}0` }, 'invalid token subject'],
    [{ exp: '2000' }, 'invalid bearer token'],
    [{ iat: '1000' }, 'invalid bearer token'],
    [{ iat: 1001 }, 'invalid bearer token'],
    [{ role: 'anon' }, 'invalid bearer token'],
    [{ role: ' Service_Role ' }, 'invalid bearer token'],
  ])('refuses %j', (change, message) => {
    expect(() => toCredential({ ...claims, ...change }, 1000)).toThrow(message);
  });
});

describe('isAdmin', () => {
  it('copes with claims of any shape, and takes none of them for an administrator', () => {
    const names = ['role', 'user_role', 'app_metadata', 'scope', 'roles', 'permissions', 'user_metadata'];
    const shapes = fc.dictionary(
      fc.constantFrom(...names),
      fc.jsonValue().filter((value) => !mentionsAdmin(value)),
    );
    fc.assert(fc.property(shapes, (shape) => !isAdmin(shape)));
  });
});

const mentionsAdmin = (value: unknown): boolean => /admin|read_all/i.test(JSON.stringify(value));
