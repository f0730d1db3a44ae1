import { z } from 'zod';
import { cleanText } from '../listing-text';
import { withoutNumber } from './discogs-listing';
import { discogsIdSchema } from './discogs.schema';

/** Both OAuth token endpoints. What is missing is for the caller to complain about. */
export const discogsTokenSchema = z.object({
  oauth_token: z.string().max(200).optional(),
  oauth_token_secret: z.string().max(500).optional(),
});

export const discogsIdentitySchema = z.object({ username: z.string().nullish() });

const rows = z.array(z.unknown()).max(500);

/** A page of a wantlist (`wants`) or of a collection (`releases`). */
export const discogsListSchema = z
  .object({
    pagination: z
      .object({
        page: z.number().int().positive().optional(),
        pages: z.number().int().nonnegative().optional(),
        items: z.number().int().nonnegative().optional(),
      })
      .optional(),
    wants: rows.optional(),
    releases: rows.optional(),
  })
  .refine(
    ({ wants, releases }) => wants !== undefined || releases !== undefined,
    'neither wants nor releases',
  );

const artists = z
  .array(z.object({ name: z.string() }))
  .optional()
  .catch(undefined);

const release = z.object({
  id: discogsIdSchema,
  title: z.string().catch(''),
  artists,
  year: z.number().int().min(1860).max(2100).nullable().catch(null),
  // 0 stands for none.
  master_id: discogsIdSchema.nullable().catch(null),
});

/** What a list says about a release. */
export interface DiscogsListEntry {
  releaseId: number;
  masterId: number | null;
  title: string;
  artist: string | null;
  year: number | null;
  /** Any pressing of the master is meant; `releaseId` is its main one. */
  isMaster: boolean;
  /** What the owner of a list has written beside it. */
  comment: string | null;
}

/** The id of a row, and what it says unless its title is blank; null for a row that is none. */
export function toListRow(row: unknown): { releaseId: number; entry: DiscogsListEntry | null } | null {
  const nested = z.object({ basic_information: z.unknown() }).safeParse(row);
  const parsed = release.safeParse((nested.success ? nested.data.basic_information : undefined) ?? row);
  if (!parsed.success) return null;
  const { id: releaseId, title, artists: names, year, master_id: masterId } = parsed.data;
  const clean = cleanText(title, 300);
  const name = names?.[0]?.name;
  const artist = name === undefined ? null : cleanText(withoutNumber(name), 200);
  const entry = { releaseId, masterId, title: clean ?? '', artist, year, isMaster: false, comment: null };
  return { releaseId, entry: clean === null ? null : entry };
}
