import { decodeCursor } from './pagination';
import { WireRows } from './wire-rows';

describe('WireRows', () => {
  const rows = new WireRows({
    id: 'plain',
    name: 'text',
    query: 'json',
    is_active: 'boolean',
    price: 'number',
    created_at: 'instant',
  });
  const page = { limit: 2, offset: 0, after: null };
  const row = (id: string, name: string | null = 'A name'): (string | null)[] => [
    id,
    name,
    '{"keywords": ["a"]}',
    't',
    '12.50',
    '2026-01-05 10:00:00.123456+00',
  ];

  it('writes each kind as the JSON of the wire', () => {
    const { text } = rows.toPage([row('1', 'Motörhead "live"\n')], page);
    expect(JSON.parse(text)).toEqual([
      {
        id: '1',
        name: 'Motörhead "live"\n',
        query: { keywords: ['a'] },
        is_active: true,
        price: 12.5,
        created_at: '2026-01-05T10:00:00.123456Z',
      },
    ]);
  });

  it('writes a missing value as null, whatever its kind', () => {
    const { text } = rows.toPage([['1', null, null, null, null, null]], page);
    expect(JSON.parse(text)).toEqual([
      { id: '1', name: null, query: null, is_active: null, price: null, created_at: null },
    ]);
  });

  it('is an empty array past the end', () => {
    expect(rows.toPage([], page)).toMatchObject({ text: '[]', nextCursor: null });
  });

  it('keeps the row that only tells of a next page to itself', () => {
    const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
    const { text, nextCursor } = rows.toPage([row(id(1)), row(id(2)), row(id(3))], page);
    expect(JSON.parse(text)).toHaveLength(2);
    expect(decodeCursor(nextCursor ?? '')).toEqual({ createdAt: '2026-01-05T10:00:00.123456Z', id: id(2) });
  });

  it('gives no cursor where nothing follows', () => {
    expect(rows.toPage([row('1'), row('2')], page).nextCursor).toBeNull();
  });

  it('names its columns in their order', () => {
    expect(rows.select).toBe('id, name, query, is_active, price, created_at');
  });
});
