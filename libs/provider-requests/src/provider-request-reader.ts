import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import type {
  ProviderRequestAdminOut,
  ProviderRequestFilters,
  ProviderRequestSummaryOut,
} from './provider-requests.schema';
import { BY_PROVIDER, LIST_REQUESTS, SUMMARISE_REQUESTS } from './provider-requests.sql';

/** Calls to providers, newest first or counted by provider; for a user their own, for administrators all. */
@Injectable()
export class ProviderRequestReader {
  constructor(private readonly db: Database) {}

  async listOf(userId: string, page: PageRequest): Promise<Page<ProviderRequestAdminOut>> {
    return await this.list({ user_id: userId }, page);
  }

  async summariseOf(userId: string): Promise<ProviderRequestSummaryOut[]> {
    return await this.summarise({ user_id: userId });
  }

  /** @throws AppError 422 for bounds that exclude each other */
  async list(filters: ProviderRequestFilters, page: PageRequest): Promise<Page<ProviderRequestAdminOut>> {
    const params: unknown[] = [];
    const conditions = toConditions(filters, params);
    const sql = `${LIST_REQUESTS} WHERE ${conditions} ${keysetTail(page, 'r', params)}`;
    return toPage(await this.db.rows<ProviderRequestAdminOut>(sql, params), page);
  }

  /** @throws AppError 422 for bounds that exclude each other */
  async summarise(filters: ProviderRequestFilters): Promise<ProviderRequestSummaryOut[]> {
    const params: unknown[] = [];
    const conditions = toConditions(filters, params);
    return await this.db.rows(`${SUMMARISE_REQUESTS} WHERE ${conditions} ${BY_PROVIDER}`, params);
  }
}

const CONDITIONS: Record<keyof ProviderRequestFilters, (parameter: string) => string> = {
  user_id: (parameter) => `r.user_id = ${parameter}::uuid`,
  provider: (parameter) => `r.provider = ${parameter}::provider_enum`,
  status_code_gte: (parameter) => `r.status_code >= ${parameter}::int`,
  status_code_lte: (parameter) => `r.status_code <= ${parameter}::int`,
  created_from: (parameter) => `r.created_at >= ${parameter}::timestamptz`,
  created_to: (parameter) => `r.created_at <= ${parameter}::timestamptz`,
};

/** Only what was asked for is in the statement, so that an index can serve it. Appends the values to `params`. */
function toConditions(filters: ProviderRequestFilters, params: unknown[]): string {
  checkBounds(filters);
  const conditions = (Object.keys(CONDITIONS) as (keyof ProviderRequestFilters)[]).flatMap((name) => {
    const value = filters[name];
    if (value === undefined) return [];
    params.push(value);
    return [CONDITIONS[name](`$${params.length}`)];
  });
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

function checkBounds(filters: ProviderRequestFilters): void {
  const { status_code_gte: gte, status_code_lte: lte, created_from: from, created_to: to } = filters;
  if (gte !== undefined && lte !== undefined && gte > lte) {
    throw new AppError('unprocessable', 'status_code_gte cannot be greater than status_code_lte');
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new AppError('unprocessable', 'created_from cannot be greater than created_to');
  }
}
