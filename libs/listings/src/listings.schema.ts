import { providerNotice } from '@waxwatch/integrations';
import { EXAMPLE, wireId, wireInstant, wireNumberFromNumeric } from '@waxwatch/platform/http';
import { z } from 'zod';
import { gradesOf } from './copy-grades';
import type { ListingRow, PricePointRow, RuleMatchRow } from './listing-reader';
import { publicUrl } from './listing-url';

/** Inline in every document that has it. */
export const GradeEvidence = z
  .object({ media: z.string().nullable(), sleeve: z.string().nullable() })
  .meta({ description: 'Where each grade is stated: aspect, title, description or condition' });

const offer = 'https://www.ebay.com/itm/256881234567';

export const ListingOut = z
  .object({
    id: wireId(),
    provider: z.string(),
    external_id: z.string().describe('At the marketplace'),
    url: z.string().describe('Of the offer itself'),
    title: z.string(),
    normalized_title: z.string().nullable().describe('The title as words are compared'),
    price: wireNumberFromNumeric(),
    currency: z.string(),
    shipping_price: wireNumberFromNumeric()
      .nullable()
      .meta({ description: 'Cheapest stated shipping in the same currency; null is unknown, never free' }),
    landed_price: wireNumberFromNumeric()
      .nullable()
      .meta({ description: 'Price and shipping together, where both are known' }),
    condition: z.string().nullable().describe('In the words of the marketplace'),
    media_grade: z.string().meta({ description: 'Of the record, on the Goldmine scale, or `unknown`' }),
    sleeve_grade: z.string().meta({ description: 'Of the sleeve, on the Goldmine scale, or `unknown`' }),
    grade_evidence: GradeEvidence,
    seller: z.string().nullable(),
    location: z.string().nullable(),
    status: z.string().meta({
      description: 'active, ended, or unknown, as for what was for sale when it was seen but is stale by now',
    }),
    discogs_release_id: z.int().nullable().describe('Where it is known which pressing it is'),
    discogs_master_id: z.int().nullable(),
    first_seen_at: wireInstant(),
    last_seen_at: wireInstant(),
    public_url: z.string().describe('For links; relative where the click goes through this server'),
    age_seconds: z.int().meta({ description: 'Since the marketplace has last shown it' }),
    is_stale: z
      .boolean()
      .meta({ description: 'Older than the marketplace allows it to be shown without saying so' }),
    provider_notice: z
      .string()
      .nullable()
      .meta({ description: 'To be shown beside it, for Discogs as a link to its page' }),
  })
  .meta({
    id: 'ListingOut',
    example: {
      id: EXAMPLE.id,
      provider: 'ebay',
      external_id: 'v1|256881234567|0',
      url: offer,
      title: 'Aphex Twin - Selected Ambient Works 85-92 2LP VG+/NM',
      normalized_title: 'aphex twin selected ambient works 85 92 2lp vg nm',
      price: 32.5,
      currency: 'USD',
      shipping_price: 5,
      landed_price: 37.5,
      condition: 'Used',
      media_grade: 'VG+',
      sleeve_grade: 'NM',
      grade_evidence: { media: 'title', sleeve: 'title' },
      seller: 'spinbox',
      location: 'US',
      status: 'active',
      discogs_release_id: 249393,
      discogs_master_id: null,
      first_seen_at: EXAMPLE.instant,
      last_seen_at: EXAMPLE.laterInstant,
      public_url: `/api/outbound/ebay/${EXAMPLE.id}`,
      age_seconds: 95,
      is_stale: false,
      provider_notice: null,
    },
  });

export const PricePointOut = z
  .object({
    price: wireNumberFromNumeric(),
    currency: z.string(),
    recorded_at: wireInstant(),
  })
  .meta({
    id: 'PricePointOut',
    example: { price: 32.5, currency: 'USD', recorded_at: EXAMPLE.laterInstant },
  });

export const RuleMatchOut = z
  .object({
    id: wireId(),
    rule_id: wireId(),
    matched_at: wireInstant(),
    match_context: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'Why the listing matched: the keywords it holds, the bounds it keeps' }),
    listing: ListingOut,
  })
  .meta({
    id: 'RuleMatchOut',
    example: {
      id: EXAMPLE.otherId,
      rule_id: EXAMPLE.id,
      matched_at: EXAMPLE.laterInstant,
      match_context: { keywords: ['aphex twin'] },
      listing: ListingOut.meta()?.example,
    },
  });

export function toListingOut(row: ListingRow): z.input<typeof ListingOut> {
  const { listing_id: id, grades, ...listing } = row;
  const { provider, url, condition, status } = row;
  return {
    id,
    ...listing,
    ...gradesOf({ grades }, condition),
    // What is too old to be shown as current is not: nobody knows whether the copy is still there.
    status: row.is_stale && status === 'active' ? 'unknown' : status,
    public_url: publicUrl({ id, provider, url }),
    provider_notice: providerNotice(provider),
  };
}

export const toPricePointOut = (row: PricePointRow): z.input<typeof PricePointOut> => row;

export function toRuleMatchOut(row: RuleMatchRow): z.input<typeof RuleMatchOut> {
  const { id, rule_id, matched_at, match_context, ...listing } = row;
  return { id, rule_id, matched_at, match_context, listing: toListingOut(listing) };
}
