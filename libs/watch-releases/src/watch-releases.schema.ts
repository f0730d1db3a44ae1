import {
  EXAMPLE,
  queryUuid,
  wireCurrency,
  wireDiscogsId,
  wireId,
  wireInstant,
  wireInt,
  wireInteger,
  wireMoney,
  wireNumberFromNumeric,
  wireText,
  wireUuid,
} from '@waxwatch/platform/http';
import { z } from 'zod';

export const MATCH_MODES = ['exact_release', 'master_release'] as const;

const matchMode = () => z.enum(MATCH_MODES);
const title = () => wireText(1, 300);
const artist = () => wireText(0, 200);
const year = () => wireInt(0, 9999);
const minCondition = () => wireText(0, 30);

const example = {
  discogs_release_id: 249393,
  discogs_master_id: 6211,
  match_mode: 'master_release',
  title: 'Selected Ambient Works 85-92',
  artist: 'Aphex Twin',
  year: 1992,
  target_price: 35,
  currency: 'USD',
  min_condition: 'VG+',
  is_active: true,
};

export const WatchReleaseId = wireUuid();
export const RuleFilter = queryUuid().optional();

export const WatchReleaseCreate = z
  .object({
    discogs_release_id: wireDiscogsId(),
    discogs_master_id: wireDiscogsId().nullish(),
    match_mode: matchMode().default('exact_release'),
    title: title(),
    artist: artist().nullish(),
    year: year().nullish(),
    target_price: wireMoney().nullish(),
    currency: wireCurrency().prefault('USD'),
    min_condition: minCondition().nullish(),
    is_active: z.boolean().default(true),
  })
  .meta({
    id: 'WatchReleaseCreate',
    example,
  })
  .transform((body, context) => {
    if (body.match_mode === 'master_release' && (body.discogs_master_id ?? null) === null) {
      context.addIssue(masterIdRequired());
      return z.NEVER;
    }
    return {
      discogsReleaseId: body.discogs_release_id,
      discogsMasterId: body.discogs_master_id ?? null,
      matchMode: body.match_mode,
      title: body.title,
      artist: body.artist ?? null,
      year: body.year ?? null,
      targetPrice: body.target_price ?? null,
      currency: body.currency,
      minCondition: body.min_condition ?? null,
      isActive: body.is_active,
    };
  });
export type NewWatchRelease = z.output<typeof WatchReleaseCreate>;

export const WatchReleaseUpdate = z
  .object({
    discogs_release_id: wireDiscogsId().nullish(),
    discogs_master_id: wireDiscogsId().nullish(),
    match_mode: matchMode().nullish(),
    title: title().nullish(),
    artist: artist().nullish(),
    year: year().nullish(),
    target_price: wireMoney().nullish(),
    currency: wireCurrency().nullish(),
    min_condition: minCondition().nullish(),
    is_active: z.boolean().nullish(),
  })
  .meta({
    id: 'WatchReleaseUpdate',
    example: { target_price: 30, currency: 'USD', min_condition: 'NM', is_active: true },
  })
  .transform((body, context) => {
    if (body.match_mode === 'master_release' && body.discogs_master_id === null) {
      context.addIssue(masterIdRequired());
      return z.NEVER;
    }
    return {
      discogsReleaseId: body.discogs_release_id ?? undefined,
      discogsMasterId: body.discogs_master_id,
      matchMode: body.match_mode ?? undefined,
      title: body.title ?? undefined,
      artist: body.artist,
      year: body.year,
      targetPrice: body.target_price,
      currency: body.currency ?? undefined,
      minCondition: body.min_condition,
      isActive: body.is_active ?? undefined,
    };
  });

/** What is to change of a watched release: undefined leaves as it is, null clears. */
export type WatchReleaseChange = Partial<z.output<typeof WatchReleaseUpdate>>;

const masterIdRequired = () => ({
  code: 'custom' as const,
  message: 'discogs_master_id is required when match_mode is master_release',
});

/** A watched release as its row and the wire have it. */
export const WatchReleaseOut = z
  .object({
    id: wireId(),
    user_id: wireId(),
    discogs_release_id: wireInteger(),
    discogs_master_id: wireInteger().nullable(),
    match_mode: matchMode(),
    title: z.string(),
    artist: z.string().nullable(),
    year: wireInteger().nullable(),
    target_price: wireNumberFromNumeric().nullable(),
    currency: z.string(),
    min_condition: z.string().nullable(),
    is_active: z.boolean(),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'WatchReleaseOut',
    example: {
      id: EXAMPLE.otherId,
      user_id: EXAMPLE.userId,
      ...example,
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.laterInstant,
    },
  });
/** The row behind `WatchReleaseOut`; its price is still the text of a numeric column. */
export type WatchReleaseRow = z.input<typeof WatchReleaseOut>;
