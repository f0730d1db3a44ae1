import type { Reply } from '../http-simulator';

/** Search results as a broken index or a vandal of the database would make them. None of them may become a listing. */
export const BAD_DISCOGS_ROWS: readonly unknown[] = [
  null,
  17,
  {},
  row({ id: 'x' }),
  row({ id: -1 }),
  row({ id: 3_000_000_000 }),
  row({ title: '<img src=x>\u0000' }),
  row({ title: null }),
  row({ uri: undefined }),
  row({ uri: '//evil.test/release/1' }),
  row({ uri: 'javascript:alert(1)' }),
  row({ uri: 'https://www.discogs.com.evil.test/release/1' }),
  row({ type: 'spaceship' }),
  row({ type: 'artist' }),
];

function row(overrides: Record<string, unknown>): Record<string, unknown> {
  return { id: 1, type: 'release', title: 'Bad - Row', uri: '/Bad-Row/release/1', ...overrides };
}

/** Applies a content fault to a paginated answer, whatever its rows are called. */
export function spoilDiscogsPage(
  kind: 'empty_page' | 'duplicate_rows' | 'malformed_items',
  reply: Reply,
): Reply {
  const body: Record<string, unknown> = { ...(typeof reply.body === 'object' ? reply.body : {}) };
  for (const [name, rows] of Object.entries(body)) {
    if (!Array.isArray(rows)) continue;
    const known: unknown[] = rows;
    if (kind === 'empty_page') body[name] = [];
    else if (kind === 'duplicate_rows') body[name] = [...known, ...known];
    else body[name] = [...BAD_DISCOGS_ROWS, ...known];
  }
  return { ...reply, body };
}
