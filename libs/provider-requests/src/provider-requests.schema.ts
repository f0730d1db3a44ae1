import type { ProviderName } from '@waxwatch/integrations';
import {
  EXAMPLE,
  queryChoice,
  queryInstantIfGiven,
  queryIntIfGiven,
  queryUuid,
  wireId,
  wireInstant,
  wireInteger,
} from '@waxwatch/platform/http';
import { z } from 'zod';

/** The choices as their message lists them. */
const PROVIDERS = ['discogs', 'ebay', 'mock', 'musicbrainz', 'spotify'] as const satisfies ProviderName[];

/** Which requests an administrator asks for; bounds are inclusive, and what is not given does not narrow. */
export const ProviderRequestFilters = z.object({
  provider: queryChoice(PROVIDERS).meta({ id: 'Provider' }).optional().describe('Only of this marketplace'),
  status_code_gte: queryIntIfGiven(100, 599).describe('Only answers with at least this status'),
  status_code_lte: queryIntIfGiven(100, 599).describe('Only answers with at most this status'),
  created_from: queryInstantIfGiven().describe(
    'Not before: RFC 3339, a date, or unix time; without a zone UTC',
  ),
  created_to: queryInstantIfGiven().describe('Not after, in the same forms'),
  user_id: queryUuid().optional().describe('Only on behalf of this user'),
});
export type ProviderRequestFilters = z.output<typeof ProviderRequestFilters>;

const fields = {
  provider: z.string(),
  endpoint: z.string(),
  method: z.string(),
  status_code: wireInteger().nullable(),
  duration_ms: wireInteger().nullable(),
  error: z.string().nullable(),
  meta: z.record(z.string(), z.unknown()).nullable(),
  created_at: wireInstant(),
  id: wireId().describe('For cursors: `created_at` and `id` make one'),
};

const example = {
  provider: 'ebay',
  endpoint: '/buy/browse/v1/item_summary/search',
  method: 'GET',
  status_code: 200,
  duration_ms: 182,
  error: null,
  meta: { attempt: 1 },
  created_at: EXAMPLE.laterInstant,
  id: EXAMPLE.id,
};

/** A request as its row and the wire have it. */
export const ProviderRequestOut = z.object(fields).meta({ id: 'ProviderRequestOut', example });
export type ProviderRequestOut = z.output<typeof ProviderRequestOut>;

export const ProviderRequestAdminOut = z
  .object({ ...fields, user_id: wireId() })
  .meta({ id: 'ProviderRequestAdminOut', example: { ...example, user_id: EXAMPLE.userId } });
export type ProviderRequestAdminOut = z.output<typeof ProviderRequestAdminOut>;

export const ProviderRequestSummaryOut = z
  .object({
    provider: z.string(),
    total_requests: wireInteger(),
    error_requests: wireInteger(),
    avg_duration_ms: z.number().nullable(),
  })
  .meta({
    id: 'ProviderRequestSummaryOut',
    example: { provider: 'ebay', total_requests: 1200, error_requests: 3, avg_duration_ms: 182.5 },
  });
export type ProviderRequestSummaryOut = z.output<typeof ProviderRequestSummaryOut>;
