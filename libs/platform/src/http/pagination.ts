import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { AppError, ValidationError } from '../errors/app-error';
import { queryInt, readUuid } from './fields';
import { toValidationItems } from './validation-items';

export const NEXT_CURSOR_HEADER = 'x-next-cursor';

/** Where the page before ended: rows strictly after it in `(created_at desc, id desc)` follow. */
export interface Keyset {
  /** RFC 3339 with microseconds, as the row carried it. */
  createdAt: string;
  id: string;
}

export interface PageRequest {
  limit: number;
  offset: number;
  after: Keyset | null;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const pageQuery = z.object({
  limit: queryInt(1, 200, 50),
  offset: queryInt(0, 1_000_000_000, 0),
});

const INSTANT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(?:Z|[+-](\d\d):?(\d\d))?)?$/;

export function encodeCursor({ createdAt, id }: Keyset): string {
  return Buffer.from(`${createdAt}|${id}`, 'utf8')
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** @throws AppError 422 `invalid cursor` */
export function decodeCursor(cursor: string): Keyset {
  const alphabet = cursor
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replaceAll(/[^A-Za-z0-9+/=]/g, '');
  const isPadded = alphabet !== '' && alphabet.length % 4 === 0;
  const parts = isPadded ? Buffer.from(alphabet, 'base64').toString('utf8').split('|') : [];
  const [createdAt = '', row = ''] = parts;
  const id = readUuid(row);
  if (parts.length !== 2 || id === null || !isInstant(createdAt)) {
    throw new AppError('unprocessable', 'invalid cursor');
  }
  const isNaive = !/(?:Z|[+-]\d\d:?\d\d)$/.test(createdAt.slice(10));
  return {
    createdAt: isNaive ? `${createdAt.length === 10 ? `${createdAt}T00:00:00` : createdAt}Z` : createdAt,
    id,
  };
}

/** Only what PostgreSQL takes too: no 30th of February, no year 0, no time zone beyond the real ones. */
function isInstant(text: string): boolean {
  const [, day, hour = '0', minute = '0', second = '0', zoneHour = '0', zoneMinute = '0'] =
    INSTANT.exec(text) ?? [];
  if (day === undefined || day < '0001') return false;
  const midnight = new Date(`${day}T00:00:00Z`);
  return (
    !Number.isNaN(midnight.getTime()) &&
    midnight.toISOString().startsWith(day) &&
    Number(hour) <= 23 &&
    Math.max(Number(minute), Number(second), Number(zoneMinute)) <= 59 &&
    Number(zoneHour) <= 15
  );
}

/** Reads `limit`, `offset` and `cursor`; the cursor's own rules come first, as in the contract. */
export function readPageRequest(query: Record<string, unknown>): PageRequest {
  const cursor = lastText(query['cursor']);
  const offset = lastText(query['offset']);
  if (cursor !== undefined && offset !== undefined && Number(offset) > 0) {
    throw new AppError('unprocessable', 'offset cannot be used with cursor');
  }
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const parsed = pageQuery.safeParse(query, { reportInput: true });
  if (!parsed.success) throw new ValidationError(toValidationItems(parsed.error.issues, 'query'));
  return { ...parsed.data, after };
}

function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}

/** Parameter decorator: the checked `PageRequest` of this request. */
export const PageParams = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  readPageRequest(context.switchToHttp().getRequest<Request>().query),
);

/** Documents the three page parameters of a list route. */
export const Paged = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    }),
    ApiQuery({ name: 'offset', required: false, schema: { type: 'integer', minimum: 0, default: 0 } }),
    ApiQuery({
      name: 'cursor',
      required: false,
      description: 'x-next-cursor of the page before',
      schema: { type: 'string' },
    }),
  );

/**
 * The tail of a keyset query over `alias.created_at, alias.id`: an `AND` condition, the order, and one row more
 * than wanted, which tells whether there is a next page. Appends its values to `params`.
 */
export function keysetTail(page: PageRequest, alias: string, params: unknown[]): string {
  let condition = '';
  if (page.after) {
    params.push(page.after.createdAt, page.after.id);
    condition = `AND (${alias}.created_at, ${alias}.id) < ($${params.length - 1}::timestamptz, $${params.length}::uuid)`;
  }
  params.push(page.limit + 1, page.offset);
  return `${condition}
    ORDER BY ${alias}.created_at DESC, ${alias}.id DESC
    LIMIT $${params.length - 1} OFFSET $${params.length}`;
}

/** Cuts the extra row off and turns the last row kept into the next cursor. */
export function toPage<T extends { created_at: string; id: string }>(rows: T[], page: PageRequest): Page<T> {
  const items = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? items.at(-1) : undefined;
  return { items, nextCursor: last ? encodeCursor({ createdAt: last.created_at, id: last.id }) : null };
}
