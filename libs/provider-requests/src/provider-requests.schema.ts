import type { ProviderName } from '@waxwatch/integrations';
import {
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
  provider: queryChoice(PROVIDERS).meta({ id: 'Provider' }).optional(),
  status_code_gte: queryIntIfGiven(100, 599),
  status_code_lte: queryIntIfGiven(100, 599),
  created_from: queryInstantIfGiven(),
  created_to: queryInstantIfGiven(),
  user_id: queryUuid().optional(),
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
  id: wireId(),
};

/** A request as its row and the wire have it. */
export const ProviderRequestOut = z.object(fields).meta({ id: 'ProviderRequestOut' });
export type ProviderRequestOut = z.output<typeof ProviderRequestOut>;

export const ProviderRequestAdminOut = z
  .object({ ...fields, user_id: wireId() })
  .meta({ id: 'ProviderRequestAdminOut' });
export type ProviderRequestAdminOut = z.output<typeof ProviderRequestAdminOut>;

export const ProviderRequestSummaryOut = z
  .object({
    provider: z.string(),
    total_requests: wireInteger(),
    error_requests: wireInteger(),
    avg_duration_ms: z.number().nullable(),
  })
  .meta({ id: 'ProviderRequestSummaryOut' });
export type ProviderRequestSummaryOut = z.output<typeof ProviderRequestSummaryOut>;
