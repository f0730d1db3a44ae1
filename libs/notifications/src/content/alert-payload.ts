import { z } from 'zod';
import { oneLine, truncate } from './plain-text';

const MAX_TEXT = 300;
/** Of the links that channels take, Discord's are the shortest (2,048). */
export const MAX_URL = 2000;

/** Strangers' text on one line and of sensible length; anything else counts as absent. */
const text = z
  .string()
  .transform((value) => truncate(oneLine(value), MAX_TEXT) || undefined)
  .optional()
  .catch(undefined);
const money = z.union([z.number(), z.string()]).nullish().catch(undefined);
const count = z.number().optional().catch(undefined);
const id = z.int().positive().optional().catch(undefined);

/** The fields of event payloads that messages speak of. Payloads are kept for good: older ones have fewer. */
export const alertPayload = z
  .object({
    listing_title: text,
    pressing: text,
    price: money,
    old_price: money,
    shipping_price: money,
    currency: text,
    condition: text,
    sleeve_condition: text,
    seller: text,
    location: text,
    listed_at: text,
    seen_at: text,
    discogs_release_id: id,
    discogs_master_id: id,
    provider: text,
    provider_notice: text,
    url: z.string().max(MAX_URL).optional().catch(undefined),
    rule_name: text,
    watch_release_title: text,
    watch_release_artist: text,
    watch_release_year: count,
    watch_match_mode: text,
    matched: z
      .object({
        keywords: z.array(z.string().transform(oneLine)).max(50).optional().catch(undefined),
        q: text,
        price_limit: money,
        currency: text,
        min_condition: text,
        discogs_release_id: id,
        discogs_master_id: id,
      })
      .optional()
      .catch(undefined),
    mapped_release: z.object({ discogs_release_id: id, pressing: text }).optional().catch(undefined),
    channel: text,
    reason: text,
    processed_count: count,
    imported_count: count,
  })
  .catch({});
export type AlertPayload = z.infer<typeof alertPayload>;
