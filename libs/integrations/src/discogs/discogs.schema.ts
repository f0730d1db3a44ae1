import { z } from 'zod';

/** Ids are PostgreSQL int4 with us. */
export const discogsIdSchema = z.number().int().positive().max(2_147_483_647);

/** Text that is nice to have: anything else counts as not said. */
const optionalText = z.string().nullish().catch(undefined);
const optionalTexts = z.array(z.string()).optional().catch(undefined);
const optionalId = discogsIdSchema.optional().catch(undefined);
/** Years are strings in searches and numbers elsewhere. */
const optionalYear = z.coerce.number().int().min(1860).max(2100).optional().catch(undefined);

/** A page of `/database/search`. Results are read one by one, so that a bad one spoils nothing. */
export const discogsSearchSchema = z.object({
  pagination: z.object({
    page: z.number().int().positive(),
    pages: z.number().int().nonnegative(),
    items: z.number().int().nonnegative(),
    per_page: z.number().int().positive(),
  }),
  results: z.array(z.unknown()).max(500),
});

export const discogsHitSchema = z.object({
  id: discogsIdSchema,
  type: z.enum(['release', 'master', 'artist', 'label']),
  title: z.string(),
  uri: z.string(),
  master_id: optionalId,
  year: optionalYear,
  country: optionalText,
  format: optionalTexts,
  label: optionalTexts,
  catno: optionalText,
});
export type DiscogsHit = z.infer<typeof discogsHitSchema>;

/** `/marketplace/stats/{release_id}`; nulls mean that nothing is for sale. */
export const discogsStatsSchema = z
  .object({
    lowest_price: z.object({ currency: z.string(), value: z.number() }).nullish(),
    num_for_sale: z.number().int().nullish(),
    blocked_from_sale: z.boolean().nullish(),
  })
  .refine((stats) => Object.keys(stats).length > 0, 'says nothing');
export type DiscogsStats = z.infer<typeof discogsStatsSchema>;

const artists = z
  .array(z.object({ name: z.string(), join: z.string().optional().catch(undefined) }))
  .optional()
  .catch(undefined);

export const discogsReleaseSchema = z.object({
  id: discogsIdSchema,
  title: z.string(),
  uri: optionalText,
  artists,
  master_id: optionalId,
  year: optionalYear,
  country: optionalText,
  formats: z
    .array(z.object({ name: z.string(), descriptions: optionalTexts }))
    .optional()
    .catch(undefined),
  labels: z
    .array(z.object({ name: z.string(), catno: optionalText }))
    .optional()
    .catch(undefined),
  identifiers: z
    .array(z.object({ type: optionalText, value: optionalText }))
    .optional()
    .catch(undefined),
});
export type DiscogsRelease = z.infer<typeof discogsReleaseSchema>;

export const discogsMasterSchema = z.object({
  id: discogsIdSchema,
  title: z.string(),
  uri: optionalText,
  artists,
  year: optionalYear,
  num_for_sale: z.number().int().nullish(),
  lowest_price: z.number().nullish(),
});
export type DiscogsMaster = z.infer<typeof discogsMasterSchema>;
