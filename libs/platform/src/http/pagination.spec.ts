import fc from 'fast-check';
import { AppError, ValidationError } from '../errors/app-error';
import { decodeCursor, encodeCursor, keysetTail, readPageRequest, toPage } from './pagination';

const ID = '3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11';
const INSTANT = '2026-11-23T08:27:38.782479Z';
const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('cursors', () => {
  it('carry a position there and back, with padding and in the URL alphabet', () => {
    const microseconds = fc.integer({ min: 0, max: 999_999 });
    const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, microseconds, fc.uuid(), (day, micros, id) => {
        const createdAt = `${day.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
        const cursor = encodeCursor({ createdAt, id });

        expect(cursor).toMatch(/^[\w-]+={0,2}$/);
        expect(cursor.length % 4).toBe(0);
        expect(decodeCursor(cursor)).toEqual({ createdAt, id });
      }),
    );
  });

  it.each<[text: string, createdAt: string]>([
    [`${INSTANT}|${ID}`, INSTANT],
    [`2026-11-23T08:27:38+00:00|${ID}`, '2026-11-23T08:27:38+00:00'],
    [`2026-11-23T10:27:38+02:00|${ID}`, '2026-11-23T10:27:38+02:00'],
    [`2026-11-23 08:27|${ID}`, '2026-11-23 08:27Z'],
    [`2026-11-23T08:27:38.5|${ID}`, '2026-11-23T08:27:38.5Z'],
    [`2026-11-23|${ID}`, '2026-11-23T00:00:00Z'],
  ])('read %s', (text, createdAt) => {
    expect(decodeCursor(encode(text))).toEqual({ createdAt, id: ID });
  });

  it('read either alphabet, any spelling of an id, and skip foreign characters', () => {
    const odd = Buffer.from(`2026-11-23|{${ID.toUpperCase()}}`).toString('base64');
    expect(decodeCursor(odd).id).toBe(ID);
    const cursor = encodeCursor({ createdAt: INSTANT, id: ID });
    expect(decodeCursor(`${cursor.slice(0, 5)} \n!${cursor.slice(5)}`)).toEqual({
      createdAt: INSTANT,
      id: ID,
    });
  });

  it.each([
    '',
    '=',
    'not base64',
    encode('x'),
    encode(`${INSTANT}|${ID}|`),
    encode(`|${ID}`),
    encode(`${INSTANT}|x`),
    encode(`yesterday|${ID}`),
    encode(`2026-13-01|${ID}`),
    encode(`2026-02-30|${ID}`),
    encode(`2025-02-29T00:00:00Z|${ID}`),
    encode(`0000-12-31|${ID}`),
    encode(`2026-01-01T24:00:00Z|${ID}`),
    encode(`2026-01-01T00:60:00Z|${ID}`),
    encode(`2026-01-01T00:00:61Z|${ID}`),
    encode(`2026-01-01T00:00:00+16:00|${ID}`),
    encode(`2026-01-01T00:00:00.1234567Z|${ID}`),
    encode(`${INSTANT}|${ID}`).replace(/=*$/, ''),
  ])('refuse %j', (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(new AppError('unprocessable', 'invalid cursor'));
  });

  it('refuse or read anything, but never fail otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(encode)), (cursor) => {
        try {
          decodeCursor(cursor);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describe('readPageRequest', () => {
  it('fills in what is missing and takes the last of a repeated parameter', () => {
    expect(readPageRequest({})).toEqual({ limit: 50, offset: 0, after: null });
    expect(readPageRequest({ limit: ['1', '7'], offset: '3', other: 'x' })).toEqual({
      limit: 7,
      offset: 3,
      after: null,
    });
  });

  it('holds the cursor rules before the others', () => {
    const cursor = encodeCursor({ createdAt: INSTANT, id: ID });
    expect(readPageRequest({ cursor, offset: '0' }).after).toEqual({ createdAt: INSTANT, id: ID });
    expect(() => readPageRequest({ cursor: 'x', offset: '1', limit: '0' })).toThrow(
      'offset cannot be used with cursor',
    );
    expect(() => readPageRequest({ cursor: '', limit: '0' })).toThrow('invalid cursor');
  });

  it('lists every refused parameter', () => {
    const refused = (): unknown => readPageRequest({ limit: '0', offset: '-1' });
    expect(refused).toThrow(ValidationError);
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({ items: [{ loc: ['query', 'limit'] }, { loc: ['query', 'offset'] }] });
    }
  });
});

describe('pages', () => {
  const rows = [3, 2, 1].map((n) => ({ created_at: INSTANT, id: `${ID.slice(0, -1)}${n}` }));

  it('ask for one row more than wanted', () => {
    const params: unknown[] = ['user'];
    const tail = keysetTail({ limit: 2, offset: 0, after: { createdAt: INSTANT, id: ID } }, 'e', params);

    expect(params).toEqual(['user', INSTANT, ID, 3, 0]);
    expect(tail).toContain('AND (e.created_at, e.id) < ($2::timestamptz, $3::uuid)');
    expect(tail).toContain('LIMIT $4 OFFSET $5');
  });

  it('end with a cursor only where more follows', () => {
    const page = { limit: 2, offset: 0, after: null };
    const first = toPage(rows, page);

    expect(first.items).toEqual(rows.slice(0, 2));
    expect(decodeCursor(first.nextCursor ?? '')).toEqual({ createdAt: INSTANT, id: rows[1]?.id });
    expect(toPage(rows.slice(1), page)).toEqual({ items: rows.slice(1), nextCursor: null });
    expect(toPage([], page)).toEqual({ items: [], nextCursor: null });
  });
});
