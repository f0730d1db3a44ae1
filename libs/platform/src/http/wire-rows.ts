import { toWireInstant } from '../database/wire-types';
import { JsonText } from './json-text';
import { encodeCursor, type PageRequest } from './pagination';

/** A value as PostgreSQL's text protocol sends it. */
type Cell = string | null;

/** How a column is written as JSON. `plain` needs no escaping (ids, enums); `json` and `number` are JSON already. */
type WireKind = 'plain' | 'text' | 'json' | 'number' | 'boolean' | 'instant';

/** What JSON.stringify writes otherwise than as it is; PostgreSQL holds no halves of surrogate pairs. */
const NEEDS_ESCAPING = /[\u0000-\u001f"\\]/;

const WRITERS: Record<WireKind, (value: string) => string> = {
  plain: (value) => `"${value}"`,
  text: (value) => (NEEDS_ESCAPING.test(value) ? JSON.stringify(value) : `"${value}"`),
  json: (value) => value,
  number: (value) => value,
  boolean: (value) => (value === 't' ? 'true' : 'false'),
  instant: (value) => `"${toWireInstant(value)}"`,
};

interface WireColumn {
  index: number;
  prefix: string;
  write: (value: string) => string;
}

/**
 * Writes rows as JSON straight from PostgreSQL's text, without making objects of them: for lists, where parsing
 * 50 rows and printing them again costs more than everything else. Only the columns named here leave the server;
 * a spec holds them against the response schema of the route.
 */
export class WireRows<Name extends string> {
  private readonly columns: WireColumn[];
  private readonly createdAt: number;
  private readonly id: number;

  /** @param kinds wire name of every field and how it is written, in the order of the `SELECT` */
  constructor(readonly kinds: Readonly<Record<Name, WireKind>>) {
    const names = Object.keys(kinds) as Name[];
    this.columns = names.map((name, index) => ({
      index,
      prefix: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      write: WRITERS[kinds[name]],
    }));
    this.createdAt = names.findIndex((name) => name === 'created_at');
    this.id = names.findIndex((name) => name === 'id');
  }

  /** The names, for the statement. */
  get select(): string {
    return Object.keys(this.kinds).join(', ');
  }

  /** A keyset page from `limit + 1` rows that were read as text, with the cursor of the next one. */
  toPage(rows: readonly (readonly Cell[])[], page: PageRequest): JsonText {
    const count = Math.min(rows.length, page.limit);
    let json = '[';
    for (const [index, row] of rows.entries()) {
      if (index < count) json += this.toJson(row, index === 0 ? '' : ',');
    }
    const last = rows.length > page.limit ? rows[count - 1] : undefined;
    return new JsonText(`${json}]`, last ? this.cursorOf(last) : null);
  }

  private toJson(row: readonly Cell[], separator: string): string {
    let json = separator;
    for (const { index, prefix, write } of this.columns) {
      const value = row[index];
      json += prefix + (value === null || value === undefined ? 'null' : write(value));
    }
    return `${json}}`;
  }

  private cursorOf(row: readonly Cell[]): string {
    return encodeCursor({ createdAt: toWireInstant(row[this.createdAt] ?? ''), id: row[this.id] ?? '' });
  }
}
